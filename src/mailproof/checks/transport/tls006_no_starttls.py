"""A mail host offers no STARTTLS

## What it checks
Whether each mail host offers STARTTLS in its answer to EHLO.

## Why it matters
Without it all mail to the domain crosses the network in plain text; senders that demand TLS (MTA-STS,
DANE, many companies' rules) do not deliver at all. A firewall that rewrites SMTP often hides it.

## How to fix
Give the server a certificate and switch STARTTLS on (Postfix: `smtpd_tls_security_level = may`).

## References
- RFC 3207
- RFC 8314 section 3
"""

from mailproof.checks.base import Reporter, Undetermined, declare
from mailproof.checks.transport._facts import location, talked
from mailproof.model import DomainFacts, Fix, Severity

RULE = declare(__name__, __doc__, Severity.WARNING, consequence="tidy")


def check(facts: DomainFacts, report: Reporter) -> None:
    for each in talked(facts, report):
        if each.starttls is False:
            report(
                f"{each.place} offers no STARTTLS: mail to it travels in plain text.",
                location=location(each),
                evidence=(f"EHLO: {', '.join(each.extensions) or 'no extensions'}",),
                fix=Fix("Switch STARTTLS on; if it is on, look for a firewall on the way that takes it out."),
            )
        elif each.starttls is None:
            raise Undetermined(f"{each.place}: {each.reason}")
