"""DANE: TLSA record at the wrong name

## What it checks
The domain itself, `_25._tcp.<domain>` and the domain's own mail host without `_25._tcp.`, where no mail host
has TLSA records. Name servers are asked for them where the domain is signed. The rule fires where one of
these names has such a record.

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

from mailproof.checks.base import Reporter, declare
from mailproof.checks.dane._facts import dane
from mailproof.model import DaneFacts, Fix, Location, Severity


@declare(Severity.WARNING, dane)
def check(given: DaneFacts, report: Reporter) -> None:
    report.unanswered(*given.misplaced)
    hosts = [host.host for host in given.hosts]
    for lookup in (each for each in given.misplaced if each.found):
        place = f"_25._tcp.{lookup.name if lookup.name in hosts else hosts[0]}"
        report(
            f"A TLSA record is at {lookup.name}, where no sender of mail looks for it; those of the "
            f"mail host belong at {place}.",
            location=Location(lookup.name, "TLSA", lookup.records[0]),
            evidence=tuple(f"TLSA {text}" for text in lookup.records[:3]),
            fix=Fix(
                f"Compare it with the certificate of {place.removeprefix('_25._tcp.')} first: where a TLSA "
                f"record doesn't match, no mail arrives. Then have it published at {place}, and remove it "
                f"from {lookup.name}",
                kind="decision",
            ),
        )
