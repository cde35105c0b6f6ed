"""There is no MX record; the domain's address stands in

## What it checks
Whether the domain has addresses and no MX record.

## Why it matters
Senders fall back to the address of the domain, as a rule a web server without a mail server: mail waits
for days and bounces. Some receivers count the missing MX against the sender.

## How to fix
Publish an MX record; for a domain without mail, a null MX (`0 .`).

## References
- RFC 5321 section 5.1
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.mx._facts import hosts, mx_location, unanswered_of
from mailproof.model import DomainFacts, Fix, Severity

RULE = declare(__name__, __doc__, Severity.WARNING, because_of=("MX021",))


def check(facts: DomainFacts, report: Reporter) -> None:
    for host in hosts(facts):
        if not host.implicit:
            continue
        if not host.addresses:
            report.unanswered(*unanswered_of(host))
            continue
        listed = ", ".join(address.address for address in host.addresses[:4])
        report(
            f"{facts.domain} has no MX record, so its mail goes to its own address ({listed}).",
            location=mx_location(facts, host),
            evidence=tuple(lookup.describe() for lookup in (facts.mx_lookup, host.a, host.aaaa) if lookup),
            fix=Fix(
                "Publish an MX record that names the host which takes mail, or a null MX (0 .) if none does",
                kind="decision",
            ),
        )
