"""DNS: name servers have different zone serials

## What it checks
The serial number in the SOA record of each authoritative server.

## Why it matters
Right after a change that is normal, until the servers have fetched the new version. If it lasts, one of
them no longer follows, and only some receivers will see the next change of a mail record.

## How to fix
Wait for the refresh time of the SOA record. If the serials still differ, check the zone transfer (NOTIFY,
AXFR permissions, TSIG).

## Example
Before:

    ns1.acme.example: acme.example. SOA ns1.acme.example. hostmaster.acme.example. 7 …
    ns2.esp.example:  acme.example. SOA ns1.acme.example. hostmaster.acme.example. 6 …

After:

    ns1.acme.example: acme.example. SOA ns1.acme.example. hostmaster.acme.example. 7 …
    ns2.esp.example:  acme.example. SOA ns1.acme.example. hostmaster.acme.example. 7 …

## References
- RFC 1034 section 4.3.5
- RFC 1982
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.dns._facts import answers, asked
from mailproof.model import AuthorityFacts, Location, Severity


@declare(Severity.INFO, asked, because_of="DNS008", needs="authority")
def check(found: AuthorityFacts, report: Reporter) -> None:
    serials: dict[str, list[str]] = {}
    for host, address, answer in answers(found, "SOA"):
        if answer.authoritative and answer.lookup.found:
            words = answer.lookup.records[0].split()
            if len(words) > 2:
                serials.setdefault(words[2], []).append(f"{host} ({address.address})")
    if len(serials) > 1:
        report(
            f"The name servers of {found.zone} have {len(serials)} different versions of the zone: serials "
            f"{', '.join(sorted(serials))}.",
            location=Location(found.zone, "SOA"),
            evidence=tuple(f"{serial}: {', '.join(servers)}" for serial, servers in sorted(serials.items())),
            fix="Wait for the refresh time. If they still differ, check the zone transfer.",
        )
