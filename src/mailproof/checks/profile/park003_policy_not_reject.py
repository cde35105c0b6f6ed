"""Parked domain: DMARC policy isn't reject

## What it checks
The DMARC policy that applies to a parked domain. The rule fires where it is weaker than `reject` or in test
mode (`t=y`), or where there is none.

## Why it matters
There is no legitimate mail to lose, so nothing speaks against the strictest policy. Any other lets forged
mail through.

## How to fix
Publish a DMARC record with `p=reject`.

## Example
Before:

    _dmarc.acme.example. TXT "v=DMARC1; p=quarantine"

After:

    _dmarc.acme.example. TXT "v=DMARC1; p=reject"

## References
- RFC 9989 section 4.7
- M3AAWG Protecting Parked Domains Best Common Practices, section 3
"""

from mailproof.checks.base import Reporter, collected, decision, declare
from mailproof.checks.dmarc._facts import known_walk
from mailproof.checks.profile._facts import parked
from mailproof.model import DmarcFacts, DomainFacts, Fix, FixRecord, Location, Severity
from mailproof.records.dmarc_text import rewritten


@declare(
    Severity.WARNING,
    because_of="DMARC002 DMARC003 DMARC005 DMARC006 DMARC007 DMARC022 DMARC023",
    needs="dmarc",
)
def check(facts: DomainFacts, report: Reporter) -> None:
    parked(facts)
    dmarc = collected(facts.dmarc, "could not collect the DMARC record")
    testing = dmarc.record is not None and dmarc.record.testing
    if dmarc.policy == "reject" and not testing:
        return
    known_walk(dmarc)
    mode = " in test mode (t=y)" if testing else ""
    what = f"its DMARC policy is {dmarc.policy}{mode}" if dmarc.policy else "no DMARC policy applies to it"
    own = dmarc.record.text if dmarc.record is not None and dmarc.policy_domain == facts.domain else ""
    report(
        f"{facts.domain} is parked, but {what}: receivers are not asked to reject mail in its name.",
        location=Location(f"_dmarc.{facts.domain}", "TXT", own),
        fix=_fix(facts, dmarc),
        severity=None if dmarc.policy else Severity.ERROR,
    )


def _fix(facts: DomainFacts, dmarc: DmarcFacts) -> Fix:
    """The domain's own record with p=reject for all names and all mail, or a new one."""
    name = f"_dmarc.{facts.domain}"
    own = next((step.lookup for step in dmarc.walk.steps if step.lookup.name == name), None)
    if own is not None and own.chain:
        return decision(f"Have the policy at {own.chain[-1]} changed to p=reject")
    record = dmarc.record if dmarc.policy_domain == facts.domain else None
    value = "v=DMARC1; p=reject"
    if record is not None:
        value = rewritten(record, changes=(("p", "reject"),), drop=("sp", "np", "t", "pct"))
    return decision("Publish a policy that rejects all mail in its name", FixRecord(name, "TXT", value))
