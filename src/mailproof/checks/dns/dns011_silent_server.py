"""A name server does not answer

## What it checks
Whether each server that the NS records name answers, when others over the same protocol (IPv4 or IPv6)
do. Where no server at all answers over IPv6, this machine is taken to have none, and nothing is said.

## Why it matters
Each resolver that happens to ask it waits for seconds, and then asks another. When the others fail too,
the domain's mail stops.

## How to fix
Start the server, open port 53 (UDP and TCP), or remove its NS record, here and at the registrar.

## References
- RFC 2182 section 3
- RFC 1912 section 2.8
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.dns._facts import addresses, asked, heard
from mailproof.model import DomainFacts, Fix, Location, Severity

RULE = declare(__name__, __doc__, Severity.WARNING, needs=("authority",))


def check(facts: DomainFacts, report: Reporter) -> None:
    found = asked(facts)
    families = {":" in address.address for _, address in addresses(found) if heard(address)}
    for host, address in addresses(found):
        if not address.answers or heard(address) or (":" in address.address) not in families:
            continue
        reason = next((each.lookup.reason for each in address.answers if each.lookup.reason), "no answer")
        report(
            f"The name server {host} ({address.address}) of {found.zone} does not answer.",
            location=Location(found.zone, "NS", host),
            evidence=(f"{address.address}: {reason}",),
            fix=Fix(f"Start {host} and open port 53 to it, or remove it from the NS records"),
        )
