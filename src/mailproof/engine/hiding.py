"""Removes secrets from reports. Servers may echo credentials; every report passes through here."""

from __future__ import annotations

from enum import Enum
from functools import cache
from typing import Any, Literal, get_args, get_origin

from msgspec import Struct
from msgspec.structs import fields

from mailproof.model import Finding, Location, Outcome, Report, Rule, Score, Tool
from mailproof.model.findings import mapped
from mailproof.model.report import Deduction, Suppressed
from mailproof.redaction import Redactor, redactor
from mailproof.structs import replace

#: Fields with our own identifiers, which renderers and policies rely on; no server can write there.
_OURS: dict[type, tuple[str, ...]] = {
    Finding: ("rule", "because_of", "fingerprint"),
    Outcome: ("check",),
    Deduction: ("rule",),
    Report: ("schema_version", "selected", "accepted"),
    Score: ("grade",),
    Suppressed: ("rule",),
}


def without_secrets(report: Report) -> Report:
    """The report with ``***`` in place of every form of every secret of this run."""
    known = redactor()
    if not known:
        return report
    hidden: Report = _Hiding(known).value(report)
    # A fingerprint depends on what a finding is about: its consequences must refer to the new one.
    before = [finding for outcome in report.with_findings for finding in outcome.findings]
    after = [finding for outcome in hidden.with_findings for finding in outcome.findings]
    renamed = {old.fingerprint: new.fingerprint for old, new in zip(before, after, strict=True)}
    if all(old == new for old, new in renamed.items()):
        return hidden

    def named(finding: Finding) -> Finding:
        return replace(finding, because_of=renamed.get(finding.because_of, ""))

    return replace(hidden, outcomes=mapped(hidden.outcomes, named))


class _Hiding:
    """Walks the values of the model; a value without secrets stays the same object."""

    def __init__(self, known: Redactor) -> None:
        self._known, self._text = known, cache(known.hide)

    def value(self, value: Any) -> Any:
        """The value without secrets, of the same type."""
        if isinstance(value, Enum | Rule | Tool):
            return value
        if isinstance(value, str):
            return self._text(value)
        if isinstance(value, tuple):
            return self._tuple(value)
        return self._struct(value) if isinstance(value, Struct) else value

    def _tuple(self, values: tuple[Any, ...]) -> tuple[Any, ...]:
        if len(values) > 1 and all(type(each) is str for each in values):
            new = self._known.hide_lines(values)  # a dialogue: a folded secret spans several lines
        else:
            new = tuple(map(self.value, values))
        return values if all(a is b for a, b in zip(values, new, strict=True)) else new

    def _struct(self, value: Struct) -> Struct:
        changes = {}
        for name in _hideable(type(value)):
            old = getattr(value, name)
            new = self.value(old)
            if new is not old:
                changes[name] = new
        if not changes:
            return value
        if isinstance(value, Location) and "record" in changes:  # the offsets no longer fit
            changes |= {"start": None, "end": None}
        return replace(value, **changes)  # type: ignore[type-var] # a Struct, as the checker knows it


@cache
def _hideable(kind: type[Struct]) -> tuple[str, ...]:
    """The fields that may contain foreign text: no Literals or numbers, and none of our identifiers."""
    ours = _OURS.get(kind, ())
    return tuple(each.name for each in fields(kind) if each.name not in ours and not _closed(each.type))


def _closed(kind: Any) -> bool:
    if get_origin(kind) is Literal or kind in (int, float, bool, type(None)):
        return True
    return bool(get_args(kind)) and get_origin(kind) is not tuple and all(map(_closed, get_args(kind)))
