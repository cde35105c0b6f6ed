"""TLS: no STARTTLS

## What it checks
The extensions in each mail host's reply to EHLO. The rule fires where STARTTLS is not among them.

## Why it matters
Without it all mail to the domain crosses the network in plain text. Senders that require TLS (MTA-STS, DANE,
many companies' policies) don't deliver at all. A firewall that rewrites SMTP often hides STARTTLS.

## How to fix
Give the server a certificate and enable STARTTLS (Postfix: `smtpd_tls_security_level = may`).

## Example
Before:

    Postfix: smtpd_tls_security_level = none

After:

    Postfix: smtpd_tls_security_level = may

## References
- RFC 3207
- RFC 8314 section 3
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.transport._facts import greeted, location
from mailproof.model import MxConnectionFacts, Severity


@declare(Severity.WARNING, each=greeted, consequence="tidy")
def check(each: MxConnectionFacts, report: Reporter) -> None:
    if each.starttls is False:
        report(
            f"{each.place} doesn't offer STARTTLS: mail to it travels in plain text.",
            location=location(each),
            evidence=(f"EHLO: {', '.join(each.extensions) or 'no extensions'}",),
            fix="Enable STARTTLS; if it is enabled, look for a firewall in between that removes it.",
        )
    elif each.starttls is None:
        report.unknown(f"{each.place}: {each.reason}")
