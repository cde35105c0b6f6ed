"""SPF passes for another domain than From

## What it checks
The domain that SPF passes for belongs to the domain in `From`.

## Why it matters
With an aligned DKIM signature DMARC passes all the same, but on that one leg: when the signature breaks
on the way, nothing is left. Microsoft and Google advise both.

## How to fix
Let the sending service use a return path under your domain (a custom bounce domain).

## References
- RFC 9989 section 4.4
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.message._facts import dmarc_of, spf_of
from mailproof.model import Fix, MessageFacts, Severity

RULE = declare(__name__, __doc__, Severity.INFO, because_of=("AUTH013",))


def check(facts: MessageFacts, report: Reporter) -> None:
    dmarc, spf = dmarc_of(facts), spf_of(facts)
    if dmarc.result == "pass" and spf.result == "pass" and not dmarc.spf_aligned:
        report(
            f"SPF passes for {spf.domain}, which does not belong to {dmarc.domain}: DMARC rests on "
            "DKIM alone.",
            evidence=(facts.envelope.origin, f"alignment: aspf={dmarc.aspf}"),
            fix=Fix(f"use a return path under {dmarc.organizational_domain or dmarc.domain}"),
        )
