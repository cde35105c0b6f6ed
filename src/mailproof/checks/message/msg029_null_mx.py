"""The sending domain takes no mail (null MX)

## What it checks
The domains of the return path and of From have no null MX (`0 .`).

## Why it matters
A null MX says that a domain neither takes mail nor wants any: bounces and answers cannot come back. Receivers
refuse mail from such a domain: Yahoo does, and RFC 7505 gives them 550 5.7.27 to say so.

## How to fix
Publish a real MX record for a domain that sends; or send from a domain that takes mail.

## References
- RFC 7505 section 4.2
- https://senders.yahooinc.com/faqs/
"""

from mailproof.checks.base import Reporter, declare
from mailproof.message.senders import exchangers_of, is_null_mx, sending_domains
from mailproof.model import Fix, Location, MessageFacts, Severity

RULE = declare(__name__, __doc__, Severity.ERROR, because_of=("MX003",))


def check(facts: MessageFacts, report: Reporter) -> None:
    told, names = exchangers_of(facts), sending_domains(facts)
    report.unanswered(*(lookup for lookup in told if lookup.undetermined))
    for lookup in told:
        if is_null_mx(lookup):
            report(
                f"The domain of {names[lookup.name]}, {lookup.name}, says that it takes no mail (null MX): "
                "bounces and answers cannot come back, and receivers refuse what it sends.",
                location=Location(name=lookup.name, rrtype="MX", record=lookup.records[0]),
                evidence=(lookup.describe(),),
                fix=Fix(
                    f"publish the MX of a host that takes mail for {lookup.name} in place of the null MX, "
                    "or send from a domain that has one"
                ),
            )
