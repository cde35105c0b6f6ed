"""DKIM passes for other domains than From only

## What it checks
One of the passing signatures is of the From domain.

## Why it matters
DMARC then passes by SPF alone, and every forwarding breaks it. Gmail shows such mail as sent “via” the
signer.

## How to fix
Let the sending service sign with `d=` your domain.

## References
- RFC 9989 section 4.4
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.message._facts import dmarc_of, signature_place
from mailproof.model import Fix, MessageFacts, Severity

RULE = declare(__name__, __doc__, Severity.WARNING, because_of=("AUTH013",))


def check(facts: MessageFacts, report: Reporter) -> None:
    dmarc = dmarc_of(facts)
    passing = [v for v in facts.dkim if v.result == "pass"]
    if dmarc.result == "pass" and passing and not any(v.aligned for v in passing):
        signers = ", ".join(dict.fromkeys(v.domain for v in passing))
        report(
            f"DKIM passes only for {signers}, not for {dmarc.domain}: DMARC rests on SPF and breaks "
            "when forwarded.",
            location=signature_place(facts, passing[0]),
            fix=Fix(f"let the sending service sign with d={dmarc.domain} (custom DKIM domain)"),
        )
