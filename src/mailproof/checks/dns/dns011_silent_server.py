"""DNS: name server doesn't answer

## What it checks
Each server in the NS records. The rule fires where one doesn't answer, while others over the same protocol
(IPv4 or IPv6) do. Where no server answers over IPv6, mailproof assumes that this machine has none, and
reports nothing.

## Why it matters
A resolver that happens to ask it waits for seconds, then asks another. When the others fail too, the
domain's mail stops.

## How to fix
Start the server, open port 53 (UDP and TCP), or remove its NS record, both in the zone and at the
registrar.

## Example
Before:

    acme.example. NS ns1.acme.example.
    acme.example. NS ns2.esp.example.
    ; ns2.esp.example (198.51.100.53): timed out

After:

    acme.example. NS ns1.acme.example.
    acme.example. NS ns2.esp.example.
    ; ns2.esp.example (198.51.100.53): answers

## References
- RFC 2182 section 3
- RFC 1912 section 2.8
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.dns._facts import addresses, asked, responded
from mailproof.model import AuthorityFacts, Location, Severity


@declare(Severity.WARNING, asked, needs="authority")
def check(found: AuthorityFacts, report: Reporter) -> None:
    families = {":" in address.address for _, address in addresses(found) if responded(address)}
    for host, address in addresses(found):
        if not address.answers or responded(address) or (":" in address.address) not in families:
            continue
        reason = next((each.lookup.reason for each in address.answers if each.lookup.reason), "no answer")
        report(
            f"The name server {host} ({address.address}) of {found.zone} doesn't answer.",
            location=Location(found.zone, "NS", host),
            evidence=(f"{address.address}: {reason}",),
            fix=f"Start {host} and open port 53 to it, or remove it from the NS records.",
        )
