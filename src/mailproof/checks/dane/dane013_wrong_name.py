"""DANE: TLSA record at the wrong name or of the wrong type

## What it checks
The domain itself, `_25._tcp.<domain>` and the domain's own mail host without `_25._tcp.`, where no mail host
has TLSA records, and TXT records at the right name. Name servers are asked for them where the domain is
signed. The rule fires where one of these names has such a record.

## Why it matters
Senders look at `_25._tcp.<mail host>` only. A record anywhere else has no effect, and no error shows it.

## How to fix
Publish the record of the mail host's key at `_25._tcp.<mail host>`, and remove the misplaced one.

## Example
Before:

    acme.example. TLSA 3 1 1 1a1a…

After:

    _25._tcp.mx1.acme.example. TLSA 3 1 1 1a1a…

## References
- RFC 7672 section 2.2.3
- RFC 6698 section 3
"""

from mailproof.checks.base import Reporter, decision, declare
from mailproof.checks.dane._facts import dane
from mailproof.model import DaneFacts, Location, Severity


@declare(Severity.WARNING, dane)
def check(given: DaneFacts, report: Reporter) -> None:
    report.unanswered(*given.misplaced)
    hosts = [host.host for host in given.hosts]
    for lookup in (each for each in given.misplaced if each.found):
        name, rrtype = lookup.name, lookup.rrtype
        place = f"_25._tcp.{next((host for host in hosts if f'.{host}' in f'.{name}'), hosts[0])}"
        report(
            f"A TLSA record is at {name}, where no sender of mail looks for it; those of the "
            f"mail host belong at {place}."
            if rrtype == "TLSA"
            else f"The TXT record at {name} has the data of a TLSA record, and senders ask for TLSA alone.",
            location=Location(name, rrtype, lookup.records[0]),
            evidence=tuple(f"{rrtype} {text}" for text in lookup.records[:3]),
            fix=decision(
                f"Compare it with the certificate of {place.removeprefix('_25._tcp.')} first: where a TLSA "
                f"record doesn't match, no mail arrives. Then have it published as a TLSA record at {place}, "
                f"and remove the {rrtype} record at {name}"
            ),
        )
