"""DNS: lame name server

## What it checks
Each server in the NS records. It must answer for the zone itself: with the AA bit, and not with REFUSED,
SERVFAIL or a referral.

## Why it matters
A resolver that happens to ask the lame server must try another, which costs seconds. Some give up, and now
and then mail is deferred or fails authentication.

## How to fix
Set up the zone on that server, or remove its NS record, both in the zone and at the registrar.

## Example
Before:

    acme.example. NS ns1.acme.example.
    acme.example. NS ns2.esp.example.
    ; ns2.esp.example answers REFUSED

After:

    acme.example. NS ns1.acme.example.
    acme.example. NS ns2.esp.example.
    ; ns2.esp.example answers with AA

## References
- RFC 1034 section 4.2.2
- RFC 1912 section 2.8
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.dns._facts import answers, asked, responded
from mailproof.model import AuthorityFacts, Location, Severity


@declare(Severity.WARNING, asked, needs="authority")
def check(found: AuthorityFacts, report: Reporter) -> None:
    lame: list[tuple[str, str, str]] = []
    good = False
    for host, address, answer in answers(found, "SOA"):
        if not responded(address) or answer.lookup.status == "timeout":
            continue
        if answer.referral:
            lame.append((host, address.address, "refers resolvers to other servers"))
        elif answer.lookup.status == "refused":
            lame.append((host, address.address, "refuses to answer (REFUSED)"))
        elif answer.lookup.status == "servfail":
            lame.append((host, address.address, "fails (SERVFAIL)"))
        elif not answer.authoritative:
            lame.append((host, address.address, "answers without authority (no AA bit)"))
        else:
            good = True
    for host, text, words in lame:
        report(
            f"The name server {host} ({text}) doesn't serve the zone {found.zone}: it {words}.",
            location=Location(found.zone, "NS", host),
            evidence=(f"SOA {found.zone} at {text}: it {words}",),
            fix=f"Set up the zone on {host}, or remove it from the NS records, in the zone and at the "
            "registrar.",
            severity=Severity.WARNING if good else Severity.ERROR,
        )
