"""SPF: pass, but not aligned with From

## What it checks
The domain for which SPF passes. The rule fires where DMARC passes and that domain does not align with From.

## Why it matters
DMARC passes by DKIM alone: if the signature breaks on the way, nothing is left. Microsoft and Google
recommend both.

## How to fix
Let the sending service use a return path under your domain (a custom bounce domain).

## Example
Before:

    Return-Path: <b+1=bob=rcpt.test@esp.test>
    From: Alice <alice@acme.example>

After:

    Return-Path: <alice@acme.example>
    From: Alice <alice@acme.example>

## References
- RFC 9989 section 4.4
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.message._facts import dmarc_of, spf_of
from mailproof.model import MessageFacts, Severity


@declare(Severity.INFO, because_of="AUTH013")
def check(facts: MessageFacts, report: Reporter) -> None:
    dmarc, spf = dmarc_of(facts), spf_of(facts)
    if dmarc.result == "pass" and spf.result == "pass" and not dmarc.spf_aligned:
        report(
            f"SPF passes for {spf.domain}, which does not align with {dmarc.domain}: DMARC passes by "
            "DKIM alone.",
            evidence=(facts.envelope.origin, f"alignment: aspf={dmarc.aspf}"),
            fix=f"Use a return path under {dmarc.organizational_domain or dmarc.domain}",
        )
