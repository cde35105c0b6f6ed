"""Every name below the domain is an alias

## What it checks
Whether a name that nobody publishes is an alias (CNAME), because of a wildcard (`*`).

## Why it matters
All names that mail looks up below the domain (`_dmarc`, `_mta-sts`, selectors) answer with the target's
records or none; no subdomain ever counts as non-existent, so np= of DMARC never applies; and if the
target is given up, all of them can be taken over at once.

## How to fix
Publish the names that are needed, and remove the wildcard.

## References
- RFC 4592 section 2.2.2
- RFC 9989 section 4.10
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.dns._facts import wildcard
from mailproof.model import DomainFacts, Fix, Location, Severity

RULE = declare(__name__, __doc__, Severity.WARNING, needs=("health",))


def check(facts: DomainFacts, report: Reporter) -> None:
    lookup = wildcard(facts, "TXT")
    if not lookup.chain:
        return
    name = f"*.{facts.domain}"
    report(
        f"{name} makes every name below {facts.domain} an alias of {lookup.chain[0]}.",
        location=Location(name, "CNAME", lookup.chain[0]),
        evidence=(" -> ".join((lookup.name, *lookup.chain)),),
        fix=Fix(f"Publish the names that are needed, and remove {name}", kind="decision"),
    )
