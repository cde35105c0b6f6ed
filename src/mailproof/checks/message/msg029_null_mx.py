"""MX: sending domain has a null MX

## What it checks
The MX records of the domains of the return path and of From. The rule fires on a null MX (`0 .`).

## Why it matters
A null MX says that a domain takes no mail: bounces and replies can't come back. Receivers reject mail from
such a domain; Yahoo does, and RFC 7505 gives them 550 5.7.27 for it.

## How to fix
Publish a real MX record for a domain that sends, or send from a domain that takes mail.

## Example
Before:

    acme.example. MX 0 .

After:

    acme.example. MX 10 mail.acme.example.

## References
- RFC 7505 section 4.2
- https://senders.yahooinc.com/faqs/
"""

from mailproof.checks.base import Reporter, declare
from mailproof.message.senders import exchangers_of, is_null_mx, sending_domains
from mailproof.model import Location, MessageFacts, Severity


@declare(Severity.ERROR, because_of="MX003")
def check(facts: MessageFacts, report: Reporter) -> None:
    found, names = exchangers_of(facts), sending_domains(facts)
    report.unanswered(*found)
    for lookup in found:
        if is_null_mx(lookup):
            report(
                f"The domain of {names[lookup.name]}, {lookup.name}, takes no mail (null MX): "
                "bounces and replies can't come back, and receivers reject what it sends.",
                location=Location(name=lookup.name, rrtype="MX", record=lookup.records[0]),
                evidence=(lookup.describe(),),
                fix=f"Replace the null MX with the MX of a host that takes mail for {lookup.name}, "
                "or send from a domain that has one",
            )
