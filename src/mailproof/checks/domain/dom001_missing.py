"""The domain does not exist

## What it checks
Whether the DNS answers NXDOMAIN for the domain.

## Why it matters
Nothing can be received, and receivers refuse mail from a domain that does not exist (Apple 450 4.1.8,
Yahoo 451).

## How to fix
Check the spelling; register or renew the domain, or publish records at the name. Names that exist and differ
by a slip of the finger, well-known domains at one edit, and the domain above are named where there are any.

## References
- RFC 1035 section 4.1.1 (NXDOMAIN)
- RFC 8020
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.domain._facts import soa_of
from mailproof.model import DomainFacts, Fix, Location, Severity

RULE = declare(__name__, __doc__, Severity.ERROR, needs=("near_names",))


def check(facts: DomainFacts, report: Reporter) -> None:
    soa = soa_of(facts)
    if soa.status != "nxdomain":
        return
    above = next((name for name in facts.near_names if facts.domain.endswith(f".{name}")), "")
    near = [name for name in facts.near_names if not facts.domain.endswith(f".{name}")]
    hint = f" Did you mean {_either(near)}?" if near else ""
    if above and not near:
        hint = f" {above} exists, and has no such name below it."
    report(
        f"{facts.domain} does not exist: the DNS answers NXDOMAIN.{hint}",
        location=Location(facts.domain, "SOA"),
        evidence=(soa.describe(),),
        fix=Fix("Check the spelling and the registration, or publish records at the name"),
    )


def _either(names: list[str]) -> str:
    *most, last = names
    return f"{', '.join(most)} or {last}" if most else last
