"""DNS: name servers give different mail records

## What it checks
MX, TXT and DMARC records from each authoritative server, compared record by record. Their order doesn't
count.

## Why it matters
Which record a receiver sees depends on the server that its resolver happens to ask. Mail passes at one
receiver and fails at the next. The cause is a server that no longer fetches the zone, or a change at only
one of two providers.

## How to fix
Publish the same zone on all servers. Check the zone transfer to the server that lags, or remove it from the
NS records.

## Example
Before:

    ns1.acme.example: acme.example. TXT "v=spf1 ip4:192.0.2.25 -all"
    ns2.esp.example:  acme.example. TXT "v=spf1 ip4:203.0.113.9 -all"

After:

    ns1.acme.example: acme.example. TXT "v=spf1 ip4:192.0.2.25 -all"
    ns2.esp.example:  acme.example. TXT "v=spf1 ip4:192.0.2.25 -all"

## References
- RFC 1034 section 4.3.5
- RFC 2182 section 5
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.dns._facts import addresses, asked, said
from mailproof.model import AuthorityFacts, Location, Severity


@declare(Severity.ERROR, asked, needs="authority")
def check(found: AuthorityFacts, report: Reporter) -> None:
    questions: dict[tuple[str, str], dict[tuple[str, ...], list[str]]] = {}
    for host, address in addresses(found):
        for answer in address.answers:
            words = said(answer)
            key = (answer.lookup.name, answer.lookup.rrtype)
            if words is not None and key[1] in ("MX", "TXT"):
                questions.setdefault(key, {}).setdefault(words, []).append(f"{host} ({address.address})")
    for (name, rrtype), versions in questions.items():
        if len(versions) < 2:
            continue
        lines = [f"{', '.join(servers)}: {' | '.join(words)}" for words, servers in versions.items()]
        report(
            f"The name servers of {found.zone} give {len(versions)} different answers for {name} {rrtype}.",
            location=Location(name, rrtype),
            evidence=tuple(lines),
            fix="Publish the same zone on all name servers, or remove the one that lags from the NS records.",
        )
