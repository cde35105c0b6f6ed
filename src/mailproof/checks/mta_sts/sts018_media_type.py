"""The MTA-STS policy is not served as text/plain

## What it checks
The media type that the policy is served with.

## Why it matters
Senders are told to check for text/plain, against policies put up by users of a shared web server; some
refuse others.

## How to fix
Let the web server send `Content-Type: text/plain` for the file.

## References
- RFC 8461 section 3.2
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.mta_sts._facts import policy_of
from mailproof.model import DomainFacts, Fix, Location, Severity

RULE = declare(__name__, __doc__, Severity.WARNING)


def check(facts: DomainFacts, report: Reporter) -> None:
    sts, _ = policy_of(facts)
    if sts.fetch is None or sts.fetch.media_type == "text/plain":
        return
    shown = sts.fetch.media_type or "no media type"
    report(
        f"{sts.fetch.url} is served with {shown}, not text/plain.",
        location=Location(sts.fetch.url, "HTTPS"),
        evidence=(sts.fetch.describe(),),
        fix=Fix("Let the web server send the header 'Content-Type: text/plain' for the file."),
    )
