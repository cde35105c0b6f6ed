"""A mail host greets with a refusal, or not in SMTP

## What it checks
Whether what listens on port 25 speaks SMTP, and greets with 220. A temporary refusal (4yz) is
unknown.

## Why it matters
A 5yz greeting turns the client away at once. It may be meant for you alone (an address on a blocklist, a
home connection): if so, others get through.

## How to fix
Read the server's words. Take the host out of the MX records if it is not to take mail.

## References
- RFC 5321 section 3.1
- RFC 5321 section 4.3.2
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.transport._facts import connections, location, talked
from mailproof.model import DomainFacts, Fix, Severity

RULE = declare(__name__, __doc__, Severity.WARNING)


def check(facts: DomainFacts, report: Reporter) -> None:
    for each in connections(facts):
        if each.state == "protocol":
            report(
                f"What listens on port {each.port} of {each.place} does not speak SMTP.",
                location=location(each),
                evidence=(each.reason,),
                fix=Fix("Have a mail server listen there, or remove the MX record"),
                severity=Severity.ERROR,
            )
        elif each.code >= 500:
            report(
                f"{each.place} turns us away with {each.code} {each.greeting}",
                location=location(each),
                evidence=("It may be for the address that this ran from; other senders may get through.",),
                fix=Fix("Follow the server's words, and try from a mail server of your own."),
            )
    tuple(talked(facts, report))  # tells of the hosts of which nothing is known
