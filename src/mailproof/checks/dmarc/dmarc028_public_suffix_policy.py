"""DMARC: only the public suffix's policy applies

## What it checks
Where the record that applies is published. The rule fires where that is a public suffix (`psd=y`) above the
domain.

## Why it matters
The registry's default decides on the domain's mail, and the reports go to the registry. Receivers that
don't follow RFC 9989 yet don't look there and find no policy.

## How to fix
Publish a record of your own.

## Example
Before:

    _dmarc.example. TXT "v=DMARC1; p=reject; psd=y; rua=mailto:dmarc@nic.example"
    acme.example. A 192.0.2.7

After:

    _dmarc.example. TXT "v=DMARC1; p=reject; psd=y; rua=mailto:dmarc@nic.example"
    acme.example. A 192.0.2.7
    _dmarc.acme.example. TXT "v=DMARC1; p=reject; rua=mailto:dmarc@acme.example"

## References
- RFC 9989 sections 4.10.1 and 5.2
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.dmarc._facts import applied
from mailproof.model import DomainFacts, Fix, Severity


@declare(
    Severity.WARNING,
    because_of=("DMARC002", "DMARC003", "DMARC004", "DMARC005", "DMARC021", "DMARC022", "DMARC023"),
)
def check(facts: DomainFacts, report: Reporter) -> None:
    found = applied(facts)
    if found.own or found.record.psd != "y":
        return
    organizational = found.dmarc.walk.organizational_domain
    report(
        f"{facts.domain} has no DMARC record of its own; the public suffix's record at {found.name} applies.",
        location=found.at(),
        evidence=(found.dmarc.reason,),
        fix=Fix(
            f"Publish a record of your own at _dmarc.{organizational}, with the policy you want in place of "
            "the "
            f"{found.dmarc.policy or 'one'} that applies now.",
            kind="decision",
        ),
    )
