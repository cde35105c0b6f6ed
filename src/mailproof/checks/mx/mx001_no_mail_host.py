"""The domain cannot receive mail

## What it checks
Whether the domain has an MX record, or at least an address to stand in for one.

## Why it matters
Mail to the domain bounces, replies and bounces of your own mail are lost, and many receivers refuse a
From or return path that cannot be answered.

## How to fix
Publish an MX record for the host that takes the mail. A domain that never sends nor receives publishes a
null MX (`0 .`) instead.

## References
- RFC 5321 section 5.1
- Apple and Yahoo: return paths that cannot be resolved are refused (450 4.1.8, 451)
"""

from mailproof.checks.base import NotApplicable, Reporter, Undetermined, declare
from mailproof.checks.mx._facts import hosts
from mailproof.model import DomainFacts, Fix, Location, Severity

RULE = declare(__name__, __doc__, Severity.ERROR, because_of=("MX021",))


def check(facts: DomainFacts, report: Reporter) -> None:
    found = hosts(facts)
    if facts.mx_lookup is not None and facts.mx_lookup.status == "nxdomain":
        raise NotApplicable("the domain does not exist")
    if any(not host.implicit for host in found):
        return
    for host in found:
        for lookup in (host.a, host.aaaa):
            if lookup is not None and lookup.undetermined:
                raise Undetermined.of(lookup)
        if host.addresses:
            return
    report(
        f"{facts.domain} has no MX record and no address: mail to it cannot be delivered.",
        location=Location(facts.domain, "MX"),
        evidence=(facts.mx_lookup.describe(),) if facts.mx_lookup else (),
        fix=Fix(
            "Publish an MX record that names the host which takes mail, or a null MX (0 .) if none does",
            kind="decision",
        ),
    )
