"""The name servers have different versions of the zone

## What it checks
The serial number in the SOA record of each authoritative server.

## Why it matters
Right after a change that is how it should be, until the servers have fetched the new version. If it
stays so, one of them no longer follows, and the next change of a mail record will be seen by some only.

## How to fix
Wait for the refresh time of the SOA record. If they still differ, look at the zone transfer (NOTIFY,
AXFR permissions, TSIG).

## References
- RFC 1034 section 4.3.5
- RFC 1982
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.dns._facts import addresses, answer_of, asked
from mailproof.model import DomainFacts, Fix, Location, Severity

RULE = declare(__name__, __doc__, Severity.INFO, because_of=("DNS008",), needs=("authority",))


def check(facts: DomainFacts, report: Reporter) -> None:
    found = asked(facts)
    serials: dict[str, list[str]] = {}
    for host, address in addresses(found):
        answer = answer_of(address, found.zone, "SOA")
        if answer is not None and answer.authoritative and answer.lookup.found:
            words = answer.lookup.records[0].split()
            if len(words) > 2:
                serials.setdefault(words[2], []).append(f"{host} ({address.address})")
    if len(serials) > 1:
        report(
            f"The name servers of {found.zone} hold {len(serials)} different versions: serials "
            f"{', '.join(sorted(serials))}.",
            location=Location(found.zone, "SOA"),
            evidence=tuple(f"{serial}: {', '.join(servers)}" for serial, servers in sorted(serials.items())),
            fix=Fix("Wait for the refresh time; if they still differ, look at the zone transfer"),
        )
