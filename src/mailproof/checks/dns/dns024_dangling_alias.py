"""A name of mail is an alias that leads nowhere

## What it checks
Whether an alias at `mta-sts`, `autodiscover`, `autoconfig`, `mail` or `webmail` below the domain leads to a
name that does not exist. (`_dmarc`, `_mta-sts`, DKIM selectors and the like have rules of their own; what can
be taken over is DNS023.)

## Why it matters
The service behind the name is gone, though the zone still announces it; and a name that is given up may
later be somebody else's.

## How to fix
Remove the alias, or have the provider restore its target.

## References
- RFC 1034 section 3.6.2
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.dns._facts import health
from mailproof.model import DomainFacts, Fix, FixRecord, Location, Severity

RULE = declare(__name__, __doc__, Severity.WARNING, needs=("health",))


def check(facts: DomainFacts, report: Reporter) -> None:
    found = health(facts)
    report.unanswered(*(each for each in found.asked if each.undetermined))
    for alias in found.aliases:
        elsewhere = "_" in alias.name.removesuffix(facts.domain)
        if not alias.missing_from or alias.service or alias.registrable or elsewhere:
            continue
        target = alias.target.chain[-1]
        report(
            f"{alias.name} is an alias of {target}, which does not exist.",
            location=Location(alias.name, "CNAME", target),
            evidence=(" -> ".join((alias.name, *alias.target.chain)), alias.target.describe()),
            fix=Fix(
                "Remove the alias, or have the provider restore its target",
                (FixRecord(alias.name, "CNAME", f"{alias.target.chain[0]}.", action="remove"),),
                "decision",
            ),
        )
