"""A parked domain whose DMARC policy is not reject

## What it checks
Whether receivers are asked to refuse all mail that claims to come from a domain that sends none.

## Why it matters
There is no honest mail to lose, so nothing speaks against the strictest policy; any other lets forged mail
through.

## How to fix
Publish a DMARC record with `p=reject`.

## References
- RFC 9989 section 4.7
- M3AAWG Protecting Parked Domains Best Common Practices, section 3
"""

from __future__ import annotations

from collections.abc import Iterator

from mailproof.checks.base import Undetermined, report
from mailproof.checks.profile._facts import parked
from mailproof.model import DmarcFacts, DomainFacts, Finding, Fix, FixRecord, Location, Rule, Severity

RULE = Rule(
    "PARK003",
    "A parked domain whose DMARC policy is not reject",
    Severity.WARNING,
    "profile",
    ("RFC 9989 section 4.7", "M3AAWG Protecting Parked Domains Best Common Practices, section 3"),
)


def check(facts: DomainFacts) -> Iterator[Finding]:
    """Yield a finding where the policy that applies is weaker, or there is none."""
    parked(facts)
    dmarc = facts.dmarc
    if dmarc is None:
        raise Undetermined("the DMARC record could not be collected")
    if dmarc.policy == "reject":
        return
    if dmarc.walk.unknown is not None:
        raise Undetermined(dmarc.walk.unknown.describe())
    what = f"its DMARC policy is {dmarc.policy}" if dmarc.policy else "no DMARC policy applies to it"
    own = dmarc.record.text if dmarc.record is not None and dmarc.policy_domain == facts.domain else ""
    yield report(
        RULE,
        facts.domain,
        f"{facts.domain} is parked, yet {what}: receivers are not asked to refuse mail in its name.",
        location=Location(f"_dmarc.{facts.domain}", "TXT", own),
        fix=Fix(
            "Have all mail in its name refused",
            (FixRecord(f"_dmarc.{facts.domain}", "TXT", _record(dmarc if own else None)),),
        ),
    )


def _record(dmarc: DmarcFacts | None) -> str:
    """A record with ``p=reject`` that keeps where reports go."""
    record = dmarc.record if dmarc is not None else None
    rua = record.tag("rua") if record is not None else None
    return f"v=DMARC1; p=reject; rua={rua.value}" if rua is not None else "v=DMARC1; p=reject"
