"""DNS: all name servers in one network

## What it checks
The addresses of two or more name servers. The rule fires where all are in one IPv4 /24 and, if there are
any, one IPv6 /48.

## Why it matters
When that network fails, so does the domain: no MX, no SPF, no DKIM keys. An anycast network is in many
places at once; then you can ignore this.

## How to fix
Add a name server in another network, preferably at another provider.

## Example
Before:

    acme.example. SOA ns1.acme.example. hostmaster.acme.example. 1 7200 3600 1209600 3600
    acme.example. NS ns1.acme.example.
    acme.example. NS ns2.acme.example.
    ns1.acme.example. A 192.0.2.53
    ns2.acme.example. A 192.0.2.54

After:

    acme.example. SOA ns1.acme.example. hostmaster.acme.example. 1 7200 3600 1209600 3600
    acme.example. NS ns1.acme.example.
    acme.example. NS ns2.acme.example.
    ns1.acme.example. A 192.0.2.53
    ns2.acme.example. A 198.51.100.53

## References
- RFC 2182 section 3.1
"""

from ipaddress import ip_network

from mailproof.checks.base import NotApplicable, Reporter, answered, declare, improvement
from mailproof.checks.dns._facts import addresses, authority
from mailproof.model import AuthorityFacts, Location, Severity


@declare(Severity.INFO, authority, needs="authority")
def check(found: AuthorityFacts, report: Reporter) -> None:
    if len(found.servers) < 2:
        raise NotApplicable("there is only one name server")
    networks = set()
    for _, address in addresses(found):
        size = 48 if ":" in address.address else 24
        networks.add(ip_network(f"{address.address}/{size}", strict=False))
    if any(sum(network.version == version for network in networks) > 1 for version in (4, 6)):
        return
    for server in found.servers:
        answered(server.a, server.aaaa)
    if not networks:
        raise NotApplicable("no name server has an address")
    count = "Both" if len(found.servers) == 2 else f"All {len(found.servers)}"
    named = " and ".join(str(network) for network in sorted(networks, key=str))
    report(
        f"{count} name servers of {found.zone} are in {named}.",
        location=Location(found.zone, "NS"),
        evidence=tuple(f"{host}: {address.address}" for host, address in addresses(found)),
        fix=improvement("Add a name server in another network."),
    )
