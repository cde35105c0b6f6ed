"""A name below the domain can be taken over

## What it checks
Whether an alias (CNAME) among the names of mail (`_dmarc`, `_mta-sts`, `mta-sts`, `_smtp._tls`,
`default._bimi`, `autodiscover`, `autoconfig`, `mail`, `webmail` and given DKIM selectors) leads to a
name that does not exist and that anybody could get: in a domain that is not registered, or at a service
which hands names out.

## Why it matters
Who takes the name publishes what they like under yours: a DKIM key, a DMARC policy, an MTA-STS policy, a
login page with a valid certificate.

## How to fix
Remove the alias today.

## References
- RFC 1034 section 3.6.2
- OWASP Subdomain Takeover Prevention Cheat Sheet
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.dns._facts import health
from mailproof.model import DomainFacts, Fix, FixRecord, Location, Severity

RULE = declare(__name__, __doc__, Severity.ERROR, needs=("health",))


def check(facts: DomainFacts, report: Reporter) -> None:
    found = health(facts)
    report.unanswered(*(each for each in found.asked if each.undetermined))
    for alias in found.aliases:
        if not alias.missing_from or not (alias.service or alias.registrable):
            continue
        target = alias.target.chain[-1]
        if alias.registrable:
            how = f"the domain {alias.missing_from} does not exist: whoever registers it owns {alias.name}"
        else:
            how = f"{alias.service} gives that name to whoever asks for it (list of {found.services_date})"
        report(
            f"{alias.name} is an alias of {target}, which does not exist; {how}.",
            location=Location(alias.name, "CNAME", target),
            evidence=(" -> ".join((alias.name, *alias.target.chain)), alias.target.describe()),
            fix=Fix(
                "Remove the alias: nothing is at its target",
                (FixRecord(alias.name, "CNAME", f"{alias.target.chain[0]}.", action="remove"),),
                "improvement",
            ),
        )
