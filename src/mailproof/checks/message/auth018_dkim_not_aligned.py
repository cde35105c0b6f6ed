"""DKIM: pass, but not aligned with From

## What it checks
The domains of the passing signatures. The rule fires where DMARC passes and none of them aligns with From.

## Why it matters
DMARC passes by SPF alone, and every forward breaks it. Gmail shows such mail as sent “via” the signer.

## How to fix
Let the sending service sign with `d=` your domain.

## Example
Before:

    DKIM-Signature: v=1; d=esp.test; s=e1; …
    From: Alice <alice@acme.example>

After:

    DKIM-Signature: v=1; d=acme.example; s=s1; …
    From: Alice <alice@acme.example>

## References
- RFC 9989 section 4.4
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.message._facts import dmarc_of, signature_place
from mailproof.model import DmarcVerdict, MessageFacts, Severity


@declare(Severity.WARNING, dmarc_of, because_of="AUTH013")
def check(facts: MessageFacts, dmarc: DmarcVerdict, report: Reporter) -> None:
    passing = [v for v in facts.dkim if v.result == "pass"]
    if dmarc.result == "pass" and passing and not any(v.aligned for v in passing):
        signers = ", ".join(dict.fromkeys(v.domain for v in passing))
        report(
            f"DKIM passes only for {signers}, not for {dmarc.domain}: DMARC passes by SPF alone and "
            "breaks when the message is forwarded.",
            location=signature_place(facts, passing[0]),
            fix=f"Let the sending service sign with d={dmarc.domain} (custom DKIM domain)",
        )
