"""DNS: CNAME beside other records

## What it checks
The domain and its `_dmarc` name. The rule fires where one has a CNAME and other records of its own (SOA,
NS, MX, TXT).

## Why it matters
A name with a CNAME may have nothing else. Some servers answer with the CNAME, some with the records, and
resolvers with the CNAME in their cache no longer see the MX or TXT records. Mail works or fails by chance.

## How to fix
Remove the CNAME, or the other records if you want the CNAME. For a web site at the domain itself use A and
AAAA records, or the provider's ALIAS or flattening.

## Example
Before:

    acme.example. CNAME shop.web.example.
    acme.example. MX 10 mx.esp.example.
    acme.example. TXT "v=spf1 ip4:192.0.2.25 -all"

After:

    acme.example. A 192.0.2.80
    acme.example. MX 10 mx.esp.example.
    acme.example. TXT "v=spf1 ip4:192.0.2.25 -all"

## References
- RFC 1034 section 3.6.2
- RFC 2181 section 10.1
"""

from mailproof.checks.base import Reporter, decision, declare
from mailproof.checks.dns._facts import health
from mailproof.model import FixRecord, HealthFacts, Location, Severity


@declare(Severity.ERROR, health, needs="health")
def check(found: HealthFacts, report: Reporter) -> None:
    own = f"_dmarc.{report.subject}"
    report.unanswered(*(each for each in found.asked if each.name == own))
    for alias in found.aliases:
        if not alias.beside:
            continue
        kinds = ", ".join(dict.fromkeys(each.rrtype for each in alias.beside))
        target = alias.cname.records[0].rstrip(".")
        report(
            f"{alias.name} has a CNAME to {target} and other records beside it ({kinds}).",
            location=Location(alias.name, "CNAME", target),
            evidence=(alias.cname.describe(), *(each.describe() for each in alias.beside)),
            fix=decision(
                f"Keep either the CNAME or the other records, and remove the rest. Without the CNAME, "
                f"{alias.name} needs A and AAAA records for its web site.",
                FixRecord(alias.name, "CNAME", f"{target}.", action="remove"),
            ),
        )
