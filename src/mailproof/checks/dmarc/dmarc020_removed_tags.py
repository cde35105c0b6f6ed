"""DMARC: tags removed by RFC 9989 (pct, rf, ri)

## What it checks
The tags `pct`, `rf` and `ri`, where the record still has them.

## Why it matters
Receivers on RFC 9989 ignore them. With `p=reject; pct=50` they reject all failing mail, and older receivers
half of it. If you rely on `pct` for a slow start, your mail is treated in two ways.

## How to fix
- `pct=0` is a test: one level softer than the policy. Add `t=y`, which says so to receivers on RFC 9989;
  `pct=0` may stay for the others, which don't know `t`.
- No tag replaces a percentage in between: choose the full policy, a softer one, or `t=y`.
- What is no whole number from 0 to 100 (`pct=0%`) has no effect on older receivers either.
- `pct=100`, `rf=afrf` and `ri=86400` are the defaults: remove them.

## Example
Before:

    _dmarc.acme.example. TXT "v=DMARC1; p=reject; pct=50; rua=mailto:dmarc@acme.example"

After:

    _dmarc.acme.example. TXT "v=DMARC1; p=reject; rua=mailto:dmarc@acme.example"

## References
- RFC 9989 appendices A.6 and C.5.2
- RFC 7489 section 6.3
"""

from mailproof.checks.base import Reporter, decision, declare
from mailproof.checks.dmarc._facts import Applied, faults
from mailproof.model import DomainFacts, Fix, Severity, Tag, TagProblem
from mailproof.records.dmarc import percent, softened
from mailproof.records.dmarc_text import rewritten, swallowed

#: Values that equal the default of all receivers.
_DEFAULTS = {"pct": "100", "rf": "afrf", "ri": "86400"}


@declare(Severity.WARNING, each=faults, codes="removed-tag", consequence="tidy")
def check(facts: DomainFacts, found: Applied, problem: TagProblem, report: Reporter) -> None:
    asked = (found.dmarc.policy, found.record.p, found.record.sp, found.record.np)
    policy = next((each for each in asked if each not in (None, "none")), None)
    names = [tag.name for tag in found.record.tags]
    tag = next(tag for tag in found.record.tags if tag.start == problem.start)
    if names.count(tag.name) > 1 or swallowed(found.record, tag):
        return  # its value is unclear; DMARC010 or DMARC005 reports it
    share = percent(tag) if tag.name == "pct" else None
    partial = tag.name == "pct" and share != 100 and policy is not None
    if partial and share == 0 and found.record.testing:
        return  # a test, expressed in both forms
    message = f"{tag.name}={tag.value[:20]} at {found.name} was removed by RFC 9989"
    if partial and policy is not None:
        older = f"older ones {softened(policy, True)}" if share == 0 else "older ones to part of it"
        whose = "" if policy == found.dmarc.policy else " of subdomains"
        if share is None:
            older = "and so do older ones by RFC 7489: it is no whole number from 0 to 100"
        message += f": current receivers apply {policy} to all mail{whose}, {older}"
    report(
        f"{message}.",
        location=found.at(tag),
        fix=_fix(found, tag, share, partial=partial, parked=facts.profile == "parked"),
        severity=None if partial else Severity.INFO,
    )


def _fix(found: Applied, tag: Tag, share: int | None, *, partial: bool, parked: bool) -> Fix | None:
    if partial and parked:
        value = rewritten(found.record, drop=("pct",))
        summary = "Remove it: the domain sends no mail that the policy could harm."
        return found.publish(summary, value, "decision")
    if partial and share == 0 and found.record.tag("t") is None:
        value = rewritten(found.record, changes=(("t", "y"),))
        return found.publish(
            "Add t=y, which means to current receivers what pct=0 means to older ones. Keep pct=0 for those.",
            value,
        )
    if partial:
        return decision(
            "Current receivers have no tag for a percentage. Remove pct= for the full policy, or add t=y or "
            "set a softer policy until you are sure that your own mail passes."
        )
    unread = any("policy" in problem.code for problem in found.record.problems)
    if unread or not (tag.name == "pct" or _is_default(tag)):
        return None  # it may take effect once the policy is readable, or with older receivers
    drop = [each.name for each in found.record.tags if _is_default(each) or each is tag]
    return found.publish("Remove it: nothing changes.", rewritten(found.record, drop=drop), "improvement")


def _is_default(tag: Tag) -> bool:
    return _DEFAULTS.get(tag.name) == tag.value.strip().lower()
