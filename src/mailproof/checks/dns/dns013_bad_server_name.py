"""DNS: NS record with an unusable host

## What it checks
The host in each NS record. It must exist and have a public address of its own; an alias (CNAME) is not
allowed.

## Why it matters
Resolvers can't ask such a server, or (with an alias) aren't allowed to. The domain depends on the others.

## How to fix
Publish A and AAAA records for the name server, or use another one.

## Example
Before:

    acme.example. SOA ns1.acme.example. hostmaster.acme.example. 1 7200 3600 1209600 3600
    acme.example. NS ns1.acme.example.
    acme.example. NS ns2.acme.example.
    ns1.acme.example. A 192.0.2.53
    ns2.acme.example. CNAME ns1.acme.example.

After:

    acme.example. SOA ns1.acme.example. hostmaster.acme.example. 1 7200 3600 1209600 3600
    acme.example. NS ns1.acme.example.
    acme.example. NS ns2.acme.example.
    ns1.acme.example. A 192.0.2.53
    ns2.acme.example. A 198.51.100.53

## References
- RFC 2181 section 10.3
- RFC 1912 section 2.8
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.dns._facts import authority
from mailproof.model import AuthorityFacts, Location, Severity
from mailproof.names import is_within
from mailproof.records.addresses import is_address
from mailproof.records.misplaced import alias_target, undoubled
from mailproof.records.networks import why_unroutable


@declare(Severity.WARNING, authority, needs="authority")
def check(found: AuthorityFacts, report: Reporter) -> None:
    for server in found.servers:
        if server.a.undetermined and not server.aaaa.found:
            report.unanswered(server.a)
        words, remedy = "", f"Publish public addresses for {server.host} itself, or use another server."
        chain = server.a.chain or server.aaaa.chain
        if is_address(server.host):
            words = "is an IP address, but an NS record names a host"
            remedy = "Give the server a host name with this address, and put that name in the NS record."
        elif chain:
            words = f"is an alias of {chain[-1]}, but the host in an NS record must not be an alias"
        elif server.a.absent and server.aaaa.absent:
            missing = server.a.status == "nxdomain"
            words = "does not exist" if missing else "has no address"
            if meant := undoubled(server.host, found.zone):
                remedy = f"Write the name as {meant}. with its final dot, so that the zone is not appended."
            elif is_within(server.host, found.zone) and (
                meant := alias_target(server.host.removesuffix(f".{found.zone}"))
            ):
                remedy = f"If {meant} is the server, write it with its final dot. Otherwise {remedy.lower()}"
        else:
            for address in server.addresses:
                if kind := why_unroutable(address.address):
                    words = (
                        f"has the address {address.address}, which can't be reached from the Internet: {kind}"
                    )
        if words:
            report(
                f"The name server {server.host} of {found.zone} {words}.",
                location=Location(found.zone, "NS", server.host),
                evidence=(server.a.describe(), server.aaaa.describe()),
                fix=remedy,
            )
