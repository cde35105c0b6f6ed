"""A CNAME is beside other records

## What it checks
Whether the domain or its `_dmarc` name has a CNAME and other records of its own (SOA, NS, MX, TXT).

## Why it matters
A name with a CNAME may have nothing else. Some servers answer with the alias, some with the records, and
resolvers that have the CNAME in their cache no longer see the MX or TXT: mail comes and goes by chance.

## How to fix
Remove the CNAME, or the other records where the CNAME is meant; for a web site at the domain itself use A
and AAAA, or the provider's ALIAS or flattening.

## References
- RFC 1034 section 3.6.2
- RFC 2181 section 10.1
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.dns._facts import health
from mailproof.model import DomainFacts, Fix, FixRecord, Location, Severity

RULE = declare(__name__, __doc__, Severity.ERROR, needs=("health",))


def check(facts: DomainFacts, report: Reporter) -> None:
    found = health(facts)
    own = f"_dmarc.{facts.domain}"
    report.unanswered(*(each for each in found.asked if each.name == own and each.undetermined))
    for alias in found.aliases:
        if not alias.beside:
            continue
        kinds = ", ".join(dict.fromkeys(each.rrtype for each in alias.beside))
        target = alias.cname.records[0].rstrip(".")
        report(
            f"{alias.name} has a CNAME to {target} beside its own records ({kinds}).",
            location=Location(alias.name, "CNAME", target),
            evidence=(alias.cname.describe(), *(each.describe() for each in alias.beside)),
            fix=Fix(
                f"Decide whether the CNAME or the other records are meant, and remove what is not; "
                f"what {alias.name} leads to for the web needs A and AAAA records then",
                (FixRecord(alias.name, "CNAME", f"{target}.", action="remove"),),
                "decision",
            ),
        )
