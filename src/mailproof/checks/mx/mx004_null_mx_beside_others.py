"""MX: null MX beside other MX records

## What it checks
The MX records of the domain. The rule fires where there are several and one is a null MX (host `.`).

## Why it matters
A null MX must be the only one. Otherwise some senders give up at once, and others try the root as a host
name.

## How to fix
Remove the null MX if the domain takes mail, or all the others if it does not.

## Example
Before:

    acme.example. MX 0  .
    acme.example. MX 10 mail.acme.example.

After:

    acme.example. MX 10 mail.acme.example.

## References
- RFC 7505 section 3
"""

from mailproof.checks.base import Reporter, Undetermined, decision, declare
from mailproof.checks.mx._facts import hosts, mx_location, others_take_mail, remove_mx, sends_mail
from mailproof.model import DomainFacts, Fix, MxHostFacts, Severity


@declare(Severity.ERROR, hosts, needs="spf", profiles="all")
def check(facts: DomainFacts, found: tuple[MxHostFacts, ...], report: Reporter) -> None:
    null = [host for host in found if host.host == "."]
    if not null or len(null) == len(found):
        return
    report(
        f"{facts.domain} has a null MX (takes no mail) beside other MX records.",
        location=mx_location(facts, null[0]),
        evidence=tuple(f"{host.preference} {host.host}" for host in found),
        fix=_fix(facts, null),
    )


def _fix(facts: DomainFacts, null: list[MxHostFacts]) -> Fix:
    """The domain receives mail if a host has an address and the SPF record does not exclude all senders."""
    if not others_take_mail(facts, null[0]):
        return decision("Remove the null MX, or all the others if the domain takes no mail")
    removed = tuple(remove_mx(facts, host) for host in null)
    if _sends(facts):
        return Fix("Remove the null MX: the other hosts take the mail", removed)
    return decision("Remove the null MX, or all the others if the domain takes no mail", *removed)


def _sends(facts: DomainFacts) -> bool:
    try:
        return facts.profile == "sending" and sends_mail(facts)
    except Undetermined:
        return False
