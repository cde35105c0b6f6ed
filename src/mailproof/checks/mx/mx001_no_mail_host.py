"""MX: no record and no address

## What it checks
The MX records of the domain, and its own A and AAAA records, which senders use where there is no MX. The rule
fires where there is neither.

## Why it matters
Mail to the domain bounces, including replies and the bounces of your own mail. Many receivers reject a From
or return path that can't receive mail.

## How to fix
Publish an MX record for the host that takes the mail. A domain that neither sends nor receives publishes a
null MX (`0 .`) instead.

## Example
Before:

    acme.example. MX ; no record, nor A or AAAA

After:

    acme.example.      MX 10 mail.acme.example.
    mail.acme.example. A  192.0.2.25

## References
- RFC 5321 section 5.1
- Apple and Yahoo: return paths that cannot be resolved are refused (450 4.1.8, 451)
"""

from mailproof.checks.base import NotApplicable, Reporter, answered, decision, declare
from mailproof.checks.mx._facts import hosts
from mailproof.model import DomainFacts, Location, MxHostFacts, Severity


@declare(Severity.ERROR, hosts, because_of="MX021")
def check(facts: DomainFacts, found: tuple[MxHostFacts, ...], report: Reporter) -> None:
    if facts.mx_lookup is not None and facts.mx_lookup.status == "nxdomain":
        raise NotApplicable("the domain does not exist")
    if any(not host.implicit for host in found):
        return
    for host in found:
        answered(*host.lookups)
        if host.addresses:
            return
    summary = "Publish an MX record for the host that takes the mail, or a null MX (0 .) if there is none"
    report(
        f"{facts.domain} has no MX record and no address: mail to it cannot be delivered.",
        location=Location(facts.domain, "MX"),
        evidence=(facts.mx_lookup.describe(),) if facts.mx_lookup else (),
        fix=decision(summary),
    )
