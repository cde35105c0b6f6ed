"""Only the public suffix's policy applies

## What it checks
Whether the record that applies belongs to a public suffix (`psd=y`) above the domain.

## Why it matters
The registry's default decides about the domain's mail, and the reports go to the registry. Receivers not
yet on RFC 9989 do not look there and find no policy.

## How to fix
Publish a record of your own.

## References
- RFC 9989 sections 4.10.1 and 5.2
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.dmarc._facts import applied
from mailproof.model import DomainFacts, Fix, Severity

RULE = declare(
    __name__,
    __doc__,
    Severity.WARNING,
    because_of=("DMARC002", "DMARC003", "DMARC004", "DMARC005", "DMARC021", "DMARC022", "DMARC023"),
)


def check(facts: DomainFacts, report: Reporter) -> None:
    found = applied(facts)
    if found.own or found.record.psd != "y":
        return
    organizational = found.dmarc.walk.organizational_domain
    report(
        f"{facts.domain} has no DMARC record; the one of the public suffix at {found.name} applies.",
        location=found.at(),
        evidence=(found.dmarc.reason,),
        fix=Fix(
            f"Publish a record of your own at _dmarc.{organizational}, with the policy that you want in the "
            f"place of the {found.dmarc.policy or 'one'} that applies now.",
            kind="decision",
        ),
    )
