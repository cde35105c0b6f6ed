"""MX: host is an IP address

## What it checks
The host in each MX record. The rule fires where it is an IP address: as it is, in brackets, or with the
domain after it (`192.0.2.25.acme.example`), as zone files make of it.

## Why it matters
Senders take the address for a host name, which doesn't exist. Mail bounces, and receivers that check the
return path reject yours.

## How to fix
Give the host a name with an A or AAAA record, and put the name in the MX record.

## Example
Before:

    acme.example.      MX 10 192.0.2.25

After:

    acme.example.      MX 10 mail.acme.example.
    mail.acme.example. A  192.0.2.25

## References
- RFC 1035 section 3.3.9
- RFC 5321 section 5.1
"""

from mailproof.checks.base import Reporter, decision, declare
from mailproof.checks.mx._facts import address_in, hosts, mx_location, others_take_mail, remove_mx, replace_mx
from mailproof.model import DomainFacts, Fix, MxHostFacts, Severity
from mailproof.records.networks import rrtype_of, why_unroutable


@declare(Severity.ERROR, each=hosts, needs="health")
def check(facts: DomainFacts, host: MxHostFacts, report: Reporter) -> None:
    address = address_in(facts, host)
    if not address:
        return
    report(
        f"The MX record of {facts.domain} names the IP address {address}; it must name a host.",
        location=mx_location(facts, host),
        fix=_fix(facts, host, address),
    )


def _fix(facts: DomainFacts, host: MxHostFacts, address: str) -> Fix:
    """Name the host that already has the address, if one of the usual names does; else publish one."""
    asked = facts.health.asked if facts.health is not None else ()
    rrtype = rrtype_of(address)
    kind = why_unroutable(address)
    named = next((each.name for each in asked if each.rrtype == rrtype and address in each.records), "")
    if named and not kind and not any(each.chain for each in asked if each.name == named):
        return replace_mx(facts, host, named, f"Name {named} instead, which has this address")
    summary = f"Give {address} a host name with an {rrtype} record, and put that name in the MX record"
    if kind:
        summary = f"Put the name of a host with a public address in the MX record: {address} is {kind}"
    if others_take_mail(facts, host):
        advice = f"{summary}; or remove the MX record: other hosts take the mail"
        return decision(advice, remove_mx(facts, host))
    return Fix(summary)
