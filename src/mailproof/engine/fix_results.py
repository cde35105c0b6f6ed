"""The results of composing fixes: fixes with proven records or in words, and the proposal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence

from dns.rdata import Rdata
from msgspec import Struct

from mailproof.dns.answer import Key
from mailproof.dns.text import normalize, record_text
from mailproof.engine.proof import Change
from mailproof.model import Finding, Fix, FixKind, FixRecord, Report
from mailproof.model.findings import mapped
from mailproof.model.fixes import ProposedRecords
from mailproof.structs import replace

#: What stays the same about a finding while records change: rule, subject, name; and whether its fix is a
#: decision: of two findings of one rule, one may be, and is not to be made along with the other's repair.
Place = tuple[str, str, str, bool]


class State(Struct, frozen=True):
    """The changes so far, the report with them, and the keys that each finding's fix wrote."""

    report: Report
    changes: dict[Key, Change]
    wrote: dict[Place, frozenset[Key]]


def in_words(report: Report, reason: str) -> Report:
    """The report without the records of its fixes, because they were not evaluated."""
    return with_findings(
        report,
        lambda f: replace(f, fix=_words(f.fix, reason)) if f.fix is not None and f.fix.records else f,
    )


def with_findings(report: Report, change: Callable[[Finding], Finding]) -> Report:
    """The report with ``change`` applied to each finding."""
    return replace(report, outcomes=mapped(report.outcomes, change))


def with_fixes_of(report: Report, proven: Report) -> Report:
    """The report with the fixes of another report on the same data with more rules."""
    fixes = {_same(finding): finding.fix for finding in proven.findings}
    return with_findings(report, lambda finding: replace(finding, fix=fixes.get(_same(finding))))


def _same(finding: Finding) -> tuple[str, str]:
    return finding.fingerprint, finding.location.record if finding.location is not None else ""


class Gone:
    """The findings that are missing from a later report."""

    def __init__(self, before: Report, after: Report) -> None:
        self._before = Counter(finding.fingerprint for finding in before.findings)
        self._after = Counter(finding.fingerprint for finding in after.findings)
        self._records = set(map(_same, after.findings))

    def __contains__(self, finding: Finding) -> bool:
        """Findings with one fingerprint (whole records at one name) are distinguished by their record."""
        before, after = self._before[finding.fingerprint], self._after[finding.fingerprint]
        return not after or (before > after and _same(finding) not in self._records)


def presenter(
    report: Report, reasons: dict[Place, str], safe: State, decided: dict[Place, State]
) -> Callable[[Finding], Finding]:
    """A function that makes a finding presentable: its fix is proven, or in words."""
    gone = Gone(report, safe.report)

    def fixed(finding: Finding, fix: Fix) -> Fix:
        if (state := decided.get(place_of(finding))) is not None:
            return replace(fix, records=_records_of(state, state.wrote[place_of(finding)]))
        keys = safe.wrote.get(place_of(finding)) or keys_of(finding) & safe.changes.keys()
        if fix.kind != "decision" and safe.changes and keys and finding in gone:
            return replace(fix, records=_records_of(safe, frozenset(keys)))
        return _words(fix, reasons.get(place_of(finding), ""))

    def presented(finding: Finding) -> Finding:
        if finding.fix is None or not finding.records:
            return finding
        return replace(finding, fix=fixed(finding, finding.fix))

    return presented


def _words(fix: Fix, reason: str) -> Fix:
    summary = f"{fix.summary.rstrip('.')}. No record is proposed: {reason}" if reason else fix.summary
    return replace(fix, summary=summary, records=())


def why_left(finding: Finding, chosen: bool, kinds: Sequence[FixKind], reason: str) -> str:
    """Why a proposal does not fix a finding."""
    if finding.fix is None:
        return "there is nothing to publish for it"
    if not finding.fix.records:
        return f"no record fixes it: {finding.fix.summary}"
    if not chosen:
        return "not asked for"
    if finding.fix.kind not in kinds:
        return f"of the kind {finding.fix.kind}: --fix-kind {finding.fix.kind} writes it"
    return f"not safe: {reason}" if reason else "the change could not be worked out"


def kind_of(finding: Finding) -> FixKind:
    """The kind of the finding's fix."""
    return finding.fix.kind if finding.fix is not None else "decision"


def place_of(finding: Finding) -> Place:
    """See ``Place``."""
    return *finding.place, kind_of(finding) == "decision"


def keys_of(finding: Finding) -> frozenset[Key]:
    """The names and types that the finding's fix writes."""
    return frozenset(map(key_of, finding.records))


def key_of(record: FixRecord) -> Key:
    """The name and type that a record is for."""
    return normalize(record.name), record.rrtype.upper()


def _records_of(state: State, keys: frozenset[Key]) -> tuple[FixRecord, ...]:
    """The records removed and published at these names, and at others that the same fixes wrote."""
    keys = keys.union(*(each for each in state.wrote.values() if each & keys))
    found: list[FixRecord] = []
    for name, rrtype in sorted(keys & state.changes.keys()):
        change = state.changes[name, rrtype]
        found += (FixRecord(name, rrtype, _value(each), "remove", change.ttl) for each in change.removed)
        found += (FixRecord(name, rrtype, _value(each), "publish", change.ttl) for each in change.published)
    return tuple(found)


def _value(record: Rdata) -> str:
    """A record's data as in ``FixRecord``: TXT as its text, else in presentation format."""
    return record_text(record) if record.rdtype.name == "TXT" else record.to_text()


def proposed(key: Key, change: Change, state: State, report: Report) -> ProposedRecords:
    """One record set of the proposal."""

    def lines(records: Iterable[Rdata]) -> tuple[str, ...]:
        return tuple(f"{key[0]}. {change.ttl} IN {key[1]} {record.to_text()}" for record in records)

    return ProposedRecords(
        name=key[0],
        rrtype=key[1],
        kept=lines(record for record in change.after if record in change.before),
        published=lines(change.published),
        removed=lines(change.removed),
        findings=tuple(f for f in report.findings if key in state.wrote.get(place_of(f), ())),
    )
