"""MX: host address not routable on the Internet

## What it checks
The addresses of the MX hosts. The rule fires on private, loopback, link-local and other addresses that can't
be routed on the Internet.

## Why it matters
Senders outside connect to themselves or to nothing. Mail is delayed until another host is tried, or bounces.

## How to fix
Publish the public address. Serve internal ones only from an internal zone.

## Example
Before:

    acme.example.      MX 10 mail.acme.example.
    mail.acme.example. A  10.1.2.3

After:

    acme.example.      MX 10 mail.acme.example.
    mail.acme.example. A  192.0.2.25

## References
- RFC 6890
- RFC 5321 section 5.1
"""

from mailproof.checks.base import Reporter, declare, improvement
from mailproof.checks.mx._facts import host_addresses
from mailproof.checks.ownership import is_owned
from mailproof.model import AddressFacts, DomainFacts, Fix, FixRecord, Location, MxHostFacts, Severity
from mailproof.records.mx_host import LOCAL_HOSTS
from mailproof.records.networks import rrtype_of, why_unroutable


@declare(Severity.ERROR, each=host_addresses)
def check(facts: DomainFacts, host: MxHostFacts, address: AddressFacts, report: Reporter) -> None:
    kind = why_unroutable(address.address)
    if not kind or host.host in LOCAL_HOSTS:
        return  # MX019: that name cannot have another address
    rrtype = rrtype_of(address.address)
    owner = host.cname[-1] if host.cname else host.host
    # If the host also has a public address, removing this one affects no outside sender.
    gone = FixRecord(owner, rrtype, address.address, action="remove")
    fix = improvement(f"Remove the address: {owner} has a public one too", gone)
    if not is_owned(facts.domain, owner):
        fix = Fix(f"Ask the owner of {owner} to publish its public address only")
    elif all(why_unroutable(each.address) for each in host.addresses):
        fix = Fix(f"Replace it with the public address of {owner}")
    report(
        f"The mail host {host.host} has the address {address.address}, which is {kind}.",
        location=Location(owner, rrtype, address.address, 0, len(address.address)),
        fix=fix,
    )
