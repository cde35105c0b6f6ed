"""A name server's name is of no use

## What it checks
Whether each NS record names a host with a public address of its own: no alias, no missing host, no
private address.

## Why it matters
Resolvers cannot ask such a server, or (an alias) are not allowed to: the domain hangs on the others.

## How to fix
Publish A and AAAA records for the name server's name, or name another.

## References
- RFC 2181 section 10.3
- RFC 1912 section 2.8
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.dns._facts import authority
from mailproof.model import DomainFacts, Fix, Location, Severity
from mailproof.records.networks import parse_network, unroutable

RULE = declare(__name__, __doc__, Severity.WARNING, needs=("authority",))


def check(facts: DomainFacts, report: Reporter) -> None:
    found = authority(facts)
    for server in found.servers:
        if server.a.undetermined and not server.aaaa.found:
            report.unanswered(server.a)
        words = ""
        chain = server.a.chain or server.aaaa.chain
        if chain:
            words = f"is an alias of {chain[-1]}, which a name server's name must not be"
        elif server.a.absent and server.aaaa.absent:
            missing = server.a.status == "nxdomain"
            words = "does not exist" if missing else "has no address"
        else:
            for address in server.addresses:
                network = parse_network(address.address)
                kind = unroutable(network) if network is not None else ""
                if kind:
                    words = f"has the address {address.address}, which nobody outside can reach: {kind}"
        if words:
            report(
                f"The name server {server.host} of {found.zone} {words}.",
                location=Location(found.zone, "NS", server.host),
                evidence=(server.a.describe(), server.aaaa.describe()),
                fix=Fix(f"Give {server.host} public address records of its own, or name another server"),
            )
