"""BIMI: DMARC policy not enforced

## What it checks
The DMARC policy of the domain and of its organizational domain. BIMI requires quarantine or reject, for
subdomains too, for all mail, and not in test mode.

## Why it matters
Receivers show a logo only for domains that keep forgeries out. With p=none, sp=none, t=y, or quarantine
with a pct under 100, they show none.

## How to fix
Raise the DMARC policy to quarantine or reject once your own mail passes; see the DMARC rules.

## Example
Before:

    _dmarc.acme.example. TXT "v=DMARC1; p=reject; sp=none"
    default._bimi.acme.example. TXT "v=BIMI1; l=https://acme.example/logo.svg; a=https://acme.example/vmc.pem"

After:

    _dmarc.acme.example. TXT "v=DMARC1; p=reject"
    default._bimi.acme.example. TXT "v=BIMI1; l=https://acme.example/logo.svg; a=https://acme.example/vmc.pem"

## References
- draft-brand-indicators-for-message-identification section 7.1
- RFC 9989 section 4.7
"""

from mailproof.checks.base import Reporter, collected, decision, declare
from mailproof.checks.bimi._facts import Found, in_use
from mailproof.checks.dmarc._facts import known_walk
from mailproof.checks.publishing import replaced
from mailproof.model import DmarcFacts, DmarcRecord, DomainFacts, Fix, Location, Lookup, Severity
from mailproof.records.dmarc_text import rewritten


@declare(
    Severity.WARNING,
    each=in_use,
    because_of="DMARC001 DMARC002 DMARC003 DMARC004 DMARC005 DMARC006 DMARC007 DMARC008 DMARC011 DMARC013",
    needs="dmarc",
)
def check(facts: DomainFacts, found: Found, report: Reporter) -> None:
    dmarc = collected(facts.dmarc, "the DMARC policy could not be collected")
    known_walk(dmarc)
    reasons = [(lookup, record, why) for lookup, record in _policies(dmarc) if (why := _weakness(record))]
    if not reasons and dmarc.policy in ("quarantine", "reject"):
        return
    why, where, fix = (
        f"{facts.domain} has no DMARC policy of quarantine or reject",
        found.at(),
        decision("Publish a DMARC record, and raise its policy once your own mail passes."),
    )
    if reasons:
        lookup, record, why = reasons[0]
        why = f"at {lookup.name}, {why}"
        where, fix = Location(lookup.name, "TXT", record.text), _fix(facts.domain, lookup, record)
    report(
        f"Receivers show no logo for {facts.domain}: {why}.",
        location=where,
        evidence=(f"{found.name} TXT {found.record.text}",),
        fix=fix,
    )


def _policies(dmarc: DmarcFacts) -> list[tuple[Lookup, DmarcRecord]]:
    """The record that applies, and that of the organizational domain if it is another."""
    wanted = (dmarc.policy_domain, dmarc.walk.organizational_domain)
    return [
        (step.lookup, step.record)
        for domain in dict.fromkeys(wanted)
        for step in dmarc.walk.steps
        if step.name == domain and step.record is not None
    ]


def _weakness(record: DmarcRecord) -> str:
    if record.p is None:
        return "the DMARC record has no policy that receivers apply"
    if record.p == "none":
        return "the DMARC policy is p=none"
    if record.sp == "none":
        return "the DMARC policy for subdomains is sp=none"
    if record.testing:
        return "the DMARC policy is in test mode (t=y)"
    pct = record.tag("pct")
    if record.p == "quarantine" and pct is not None and pct.value != "100":
        return f"the DMARC policy is limited to pct={pct.value[:10]}"
    return ""


def _fix(domain: str, lookup: Lookup, record: DmarcRecord) -> Fix:
    if record.p is None:
        return decision("Correct the DMARC record, and raise its policy once your own mail passes.")
    changes = [("p", "quarantine")] if record.p not in ("quarantine", "reject") else []
    drop = ["pct", "t"] + (["sp"] if record.sp == "none" else [])
    summary = "Enforce the DMARC policy once the reports show that your own mail passes."
    new = rewritten(record, changes=changes, drop=drop)
    return replaced(lookup, domain, summary, (record.text,), new, "decision")
