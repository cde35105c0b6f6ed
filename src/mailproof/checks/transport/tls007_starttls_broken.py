"""A mail host offers STARTTLS and fails at it

## What it checks
Whether the offered STARTTLS leads to an encrypted connection with a client of today's defaults.

## Why it matters
A sender that sees STARTTLS uses it. Where the handshake fails many try again later and give up after
days rather than send in plain text.

## How to fix
Look at the server's log of that moment: a missing key file, a wrong chain, no cipher in common.

## References
- RFC 3207 section 4.1
- RFC 8996
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.transport._facts import location, talked
from mailproof.model import DomainFacts, Fix, Severity

MODERN = ("TLSv1.2", "TLSv1.3")

RULE = declare(__name__, __doc__, Severity.ERROR)


def check(facts: DomainFacts, report: Reporter) -> None:
    for each in talked(facts, report):
        modern = [each_version.offered for each_version in each.versions if each_version.version in MODERN]
        if not each.starttls_problem or (modern and not any(offered is not False for offered in modern)):
            continue  # a host of old versions alone is the matter of another rule
        tls = each.tls
        old = f" A lenient client gets {tls.version} with {tls.cipher}." if tls is not None else ""
        report(
            f"{each.place} offers STARTTLS, and it fails: {each.starttls_problem}.{old}",
            location=location(each),
            fix=Fix("Repair the server's TLS settings; its log says what it lacked"),
        )
