"""Every name below the domain takes mail

## What it checks
Whether a name that nobody publishes answers with an MX record, because of a wildcard (`*`).

## Why it matters
Mail to mistyped or invented subdomains is not refused at once but handed to your hosts; and each
invented subdomain looks able to take replies, which spammers like.

## How to fix
If that is not wanted, remove the wildcard, and publish MX records for the subdomains that need them.

## References
- RFC 4592 section 2.2.2
- RFC 5321 section 5.1
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.dns._facts import wildcard
from mailproof.model import DomainFacts, Fix, Location, Severity

RULE = declare(__name__, __doc__, Severity.INFO, needs=("health",))


def check(facts: DomainFacts, report: Reporter) -> None:
    lookup = wildcard(facts, "MX")
    if (
        not lookup.found
        or lookup.chain
        or any(record.split()[-1].strip(".") == "" for record in lookup.records)
    ):
        return
    name = f"*.{facts.domain}"
    report(
        f"{name} has an MX record: mail to any invented name below {facts.domain} goes to "
        f"{', '.join(record.split()[-1].rstrip('.') for record in lookup.records)}.",
        location=Location(name, "MX", lookup.records[0]),
        evidence=(lookup.describe(),),
        fix=Fix(
            f"If that is not wanted, remove {name}, and publish MX records for the subdomains that need them",
            kind="decision",
        ),
    )
