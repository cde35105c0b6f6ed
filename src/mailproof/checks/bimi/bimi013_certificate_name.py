"""The mark certificate is for another domain

## What it checks
Whether the certificate's names hold the domain, its organizational domain, or the record's own name
(`<selector>._bimi.<domain>`).

## Why it matters
Receivers show no logo for a domain that the certificate does not name.

## How to fix
Have the domain added when the certificate is issued anew.

## References
- draft-fetch-validation-vmc-wchuang section 4
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.bimi._facts import certificates
from mailproof.model import DomainFacts, Fix, Severity

RULE = declare(__name__, __doc__, Severity.WARNING, needs=("dmarc",))


def check(facts: DomainFacts, report: Reporter) -> None:
    for found, evidence in certificates(facts, report):
        home = facts.dmarc.walk.organizational_domain if facts.dmarc is not None else ""
        accepted = {facts.domain, home, found.name, f"{found.selector.selector}._bimi.{facts.domain}"}
        names = {name.lower().rstrip(".") for name in evidence.names}
        if names & accepted:
            continue
        report(
            f"The mark certificate at {evidence.fetch.url} does not name {facts.domain}.",
            location=found.at_tag("a"),
            evidence=(f"it names: {', '.join(sorted(names)[:10]) or 'nothing'}",),
            fix=Fix(f"Have a certificate issued that names {facts.domain}."),
        )
