"""DANE: mail host with TLSA records is an alias

## What it checks
MX hosts with TLSA records. The rule fires where the host is a CNAME, and shows which records count.

## Why it matters
RFC 5321 forbids the alias. Senders that accept it look for TLSA at the name it leads to, and at the alias
itself only where the former has none. Records at one of the names are ignored, or change with someone
else's zone.

## How to fix
Name the host itself in the MX record, and keep its TLSA records at that name.

## Example
Before:

    acme.example. MX 10 mx1.acme.example.
    mx1.acme.example. CNAME mail.example.net.
    _25._tcp.mail.example.net. TLSA 3 1 1 1a1a…

After:

    acme.example. MX 10 mail.example.net.
    _25._tcp.mail.example.net. TLSA 3 1 1 1a1a…

## References
- RFC 7672 section 2.2.3
- RFC 5321 section 5.1
"""

from mailproof.checks.base import NotApplicable, Reporter, declare
from mailproof.checks.dane._facts import dane
from mailproof.model import DaneFacts, Location, Severity


@declare(Severity.WARNING, dane, because_of="MX006")
def check(given: DaneFacts, report: Reporter) -> None:
    some = False
    for host in given.hosts:
        if host.other is None:
            some = some or host.tlsa.found
            continue
        found = [lookup for lookup in (host.tlsa, host.other) if lookup.found]
        if not found:
            report.unanswered(next((x for x in (host.tlsa, host.other) if x.undetermined), None))
            continue
        some = True
        other = host.other.name.removeprefix("_25._tcp.")
        ignored = (
            f", and those at {host.other.name} are ignored" if host.other.found and host.tlsa.found else ""
        )
        report(
            f"The mail host {host.host} is an alias of {host.base if host.base != host.host else other}: "
            f"the TLSA records at {found[0].name} count{ignored}.",
            location=Location(host.host, "CNAME"),
            evidence=tuple(f"TLSA {lookup.name}: {text}" for lookup in found for text in lookup.records[:3]),
            fix="Name the host itself in the MX record, and keep its TLSA records there",
        )
    if not some:
        raise NotApplicable("no mail host has TLSA records")
