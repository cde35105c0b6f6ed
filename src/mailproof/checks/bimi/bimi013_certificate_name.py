"""BIMI: mark certificate for another domain

## What it checks
The names in the mark certificate. The rule fires where neither the domain, nor its organizational domain,
nor the record's own name (`<selector>._bimi.<domain>`) is among them.

## Why it matters
Receivers show no logo for a domain that the certificate doesn't name.

## How to fix
Have the certificate reissued with the domain added.

## Example
Before:

    subject alternative names: acme-group.example

After:

    subject alternative names: acme-group.example, acme.example

## References
- draft-fetch-validation-vmc-wchuang section 4
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.bimi._facts import Found, certificates
from mailproof.model import BimiEvidence, DomainFacts, Severity


@declare(Severity.WARNING, each=certificates, needs="dmarc")
def check(facts: DomainFacts, found: Found, evidence: BimiEvidence, report: Reporter) -> None:
    home = facts.dmarc.walk.organizational_domain if facts.dmarc is not None else ""
    accepted = {facts.domain, home, found.name, f"{found.selector.selector}._bimi.{facts.domain}"}
    names = {name.lower().rstrip(".") for name in evidence.names}
    if names & accepted:
        return
    report(
        f"The mark certificate at {evidence.fetch.url} is not for {facts.domain}.",
        location=found.at_tag("a"),
        evidence=(f"names in the certificate: {', '.join(sorted(names)[:10]) or 'none'}",),
        fix=f"Have the certificate reissued with {facts.domain} among its names.",
    )
