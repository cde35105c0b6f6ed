"""Parked domain: no null MX

## What it checks
The MX records of a parked domain. The rule fires where they are anything but a null MX (`0 .`) alone. If
the domain has no address either, mail to it is returned at once anyway, and the finding is a note.

## Why it matters
Without it, senders try the domain's own address (mostly a web server) for days before mail bounces, and
receivers can't see that no one reads replies there.

## How to fix
Publish `0 .` as the only MX record, once you are sure that no mail is taken.

## Example
Before:

    acme.example. MX 10 mail.acme.example.

After:

    acme.example. MX 0 .

## References
- RFC 7505 section 3
- M3AAWG Protecting Parked Domains Best Common Practices, section 3
"""

from mailproof.checks.base import Reporter, answered, collected, decision, declare, improvement
from mailproof.checks.profile._facts import parked
from mailproof.model import DomainFacts, Fix, FixRecord, Location, MxHostFacts, Severity


@declare(Severity.WARNING, needs="mx")
def check(facts: DomainFacts, report: Reporter) -> None:
    parked(facts)
    mx = collected(facts.mx_lookup, "could not collect the MX records")
    answered(mx)
    named = [host for host in facts.mx if not host.implicit]
    if named and all(host.host == "." for host in named):
        return  # MX020 reports a second one
    others = [host for host in named if host.host != "."]
    what = f"its MX is {', '.join(host.host for host in others[:5])}" if others else "it has no MX record"
    report(
        f"{facts.domain} is parked, but {what}. A null MX says that it takes no mail.",
        location=Location(facts.domain, "MX", f"{others[0].preference} {others[0].host}" if others else ""),
        evidence=(mx.describe(),),
        fix=_fix(facts, others),
        severity=Severity.INFO if not others and _no_address(facts) else None,
    )


def _fix(facts: DomainFacts, others: list[MxHostFacts]) -> Fix:
    """A decision if any host, such as the domain's own address, may receive mail today."""
    removed = tuple(
        FixRecord(facts.domain, "MX", f"{host.preference} {host.host}.", action="remove") for host in others
    )
    records = (*removed, FixRecord(facts.domain, "MX", "0 ."))
    if not others and _no_address(facts):
        return improvement("Publish a null MX", *records)
    return decision("If no mail is taken there, publish a null MX", *records)


def _no_address(facts: DomainFacts) -> bool:
    """Whether it is known that no host receives mail without an MX record."""
    lookups = [lookup for host in facts.mx for lookup in (host.a, host.aaaa)]
    return all(lookup is not None and lookup.absent for lookup in lookups)
