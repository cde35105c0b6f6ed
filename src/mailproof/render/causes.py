"""Shared by text and HTML: the consequences of a cause, the span at fault, the records to paste."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from mailproof.model import Cause, Finding, Fix, FixRecord, Location, Rule, Severity


def same_fault(first: Cause, second: Cause) -> bool:
    """Whether two consecutive causes are the same fault in two places, with the same fix."""
    if second.consequences:
        return False
    one, other = first.finding, second.finding
    return (one.rule, one.subject, one.fix) == (other.rule, other.subject, other.fix)


def consequences(
    cause: Cause, rules: Mapping[str, Rule]
) -> Iterator[tuple[str, Severity, str, tuple[Finding, ...]]]:
    """Yield the consequences of a cause by rule: the id, the worst severity, the title, the findings."""
    for rule in dict.fromkeys(each.rule for each in cause.consequences):
        found = tuple(each for each in cause.consequences if each.rule == rule)
        worst = min((each.severity for each in found), key=lambda severity: severity.rank)
        title = rules[rule].title if rule in rules else found[0].message
        times = f" ({len(found)} times)" if len(found) > 1 else ""
        if rule == cause.finding.rule:
            title, times = f"the same for {', '.join(each.subject for each in found)}", ""
        yield rule, worst, f"{title}{times}", found


def fault_of(where: Location) -> tuple[int, int] | None:
    """The span at fault in the record; None if it is the whole record, or unknown."""
    start, end, length = where.start, where.end, len(where.record)
    if start is None or end is None or not 0 <= start < end <= length or (start, end) == (0, length):
        return None
    return start, end


def evidence_of(finding: Finding) -> tuple[str, ...]:
    """The evidence, without the record that the finding's location shows."""
    record = finding.location.record if finding.location is not None else ""
    return tuple(line for line in finding.evidence if line != record)


def shown_fix(fix: Fix, pasted: set[FixRecord]) -> tuple[str, tuple[str, ...]]:
    """What to do, and the records to paste; those that were already shown (``pasted``) are not repeated."""
    above = bool(fix.records) and pasted.issuperset(fix.records)
    pasted.update(fix.records)
    if above:
        return f"{fix.summary.rstrip('.')} (in the record above)", ()
    return fix.summary, _to_paste(fix)


def _to_paste(fix: Fix) -> tuple[str, ...]:
    """The records of a fix. If a record replaces a single other one, only the new one is shown."""
    published = {(record.name, record.rrtype) for record in fix.records if record.action == "publish"}
    removed = [record for record in fix.records if record.action == "remove"]
    return tuple(
        record.bind
        for record in fix.records
        if not (record.action == "remove" and len(removed) == 1 and (record.name, record.rrtype) in published)
    )
