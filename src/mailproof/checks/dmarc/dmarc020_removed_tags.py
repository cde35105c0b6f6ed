"""Tags that RFC 9989 removed (pct, rf, ri)

## What it checks
Whether the record still has `pct`, `rf` or `ri`.

## Why it matters
Receivers on RFC 9989 ignore them: `pct=50; p=reject` is a full reject there and half of one elsewhere.
Whoever relies on `pct` to go slowly gets two treatments at once.

## How to fix
`pct=0` means a test: one level less than the policy. `t=y` says so to receivers on RFC 9989, and `pct=0` may
stay for the others, which know no `t`. No tag says what a percentage between does: choose the full policy, a
softer one, or `t=y`. `pct=100`, `rf=afrf` and `ri=86400` are the defaults, and can go.

## References
- RFC 9989 appendices A.6 and C.5.2
- RFC 7489 section 6.3
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.dmarc._facts import Applied, applied
from mailproof.model import DomainFacts, Fix, Severity, Tag
from mailproof.records.dmarc import softened
from mailproof.records.dmarc_text import rewritten

RULE = declare(__name__, __doc__, Severity.WARNING, consequence="tidy")


#: Tags that say what holds without them too, at all receivers.
_DEFAULTS = {"pct": "100", "rf": "afrf", "ri": "86400"}


def check(facts: DomainFacts, report: Reporter) -> None:
    """A finding for each: a warning where pct changes what older receivers do, else a note."""
    found = applied(facts)
    acts = any(
        policy in ("quarantine", "reject") for policy in (found.record.p, found.record.sp, found.record.np)
    )
    for problem in found.problems("removed-tag"):
        tag = next(tag for tag in found.record.tags if tag.start == problem.start)
        partial = tag.name == "pct" and not _is_default(tag) and acts
        if partial and _is_zero(tag) and found.record.testing:
            continue  # a test, in the words of all receivers
        message = f"{tag.name}={tag.value[:20]} at {found.name} was removed by RFC 9989"
        if partial:
            policy = found.dmarc.policy or "none"
            older = f"older ones {softened(policy, True)}" if _is_zero(tag) else "older ones to a part of it"
            message += f": current receivers apply {policy} to all mail, {older}"
        report(
            f"{message}.",
            location=found.at(tag.start, tag.end),
            fix=_fix(found, tag, partial=partial),
            severity=None if partial else Severity.INFO,
        )


def _fix(found: Applied, tag: Tag, *, partial: bool) -> Fix | None:
    if partial and _is_zero(tag) and found.record.tag("t") is None:
        value = rewritten(found.record, put=(("t", "y"),))
        return found.publish(
            "Add t=y: it says to current receivers what pct=0 says to older ones, for whom it stays.", value
        )
    if partial:
        return Fix(
            "No tag says this to current receivers. Leave pct= out for the full policy, or add t=y, or set a "
            "softer policy, until you are sure of your own mail.",
            kind="decision",
        )
    if not found.record.valid or not (tag.name == "pct" or _is_default(tag)):
        return None  # the record has to be read first; or older receivers heed the tag
    drop = [each.name for each in found.record.tags if _is_default(each) or each is tag]
    return found.publish("Take it out: nothing changes.", rewritten(found.record, drop=drop), "improvement")


def _is_default(tag: Tag) -> bool:
    return _DEFAULTS.get(tag.name) == tag.value.strip(" %").lower()


def _is_zero(tag: Tag) -> bool:
    value = tag.value.strip(" %")
    return value != "" and not value.strip("0")
