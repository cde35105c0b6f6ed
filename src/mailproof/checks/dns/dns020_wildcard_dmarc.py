"""A wildcard gives every subdomain a DMARC record

## What it checks
Whether a name that nobody publishes answers with a DMARC record, because of a wildcard (`*`) TXT record.

## Why it matters
`_dmarc.<anything>.<domain>` then has that record as its own: it overrides the sp= and np= of the
domain's record for every invented subdomain, whatever these say.

## How to fix
Remove the wildcard; say in the domain's own record with sp= and np= what holds for subdomains.

## References
- RFC 9989 section 4.10
- RFC 4592 section 2.2.2
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.dns._facts import wildcard
from mailproof.model import DomainFacts, Fix, FixRecord, Location, Severity

RULE = declare(__name__, __doc__, Severity.WARNING, needs=("health",))


def check(facts: DomainFacts, report: Reporter) -> None:
    lookup = wildcard(facts, "TXT")
    for text in lookup.records if not lookup.chain else ():
        if not text.replace(" ", "").lower().startswith("v=dmarc1"):
            continue
        name = f"*.{facts.domain}"
        report(
            f"{name} publishes a DMARC record for every name below {facts.domain} that does not exist.",
            location=Location(name, "TXT", text),
            evidence=(f"TXT {lookup.name}: {text}",),
            fix=Fix(
                "Say in the domain's own record, by sp= and np=, what holds for subdomains, "
                "and remove the wildcard record",
                (FixRecord(name, "TXT", text, action="remove"),),
                "decision",
            ),
        )
