"""The placement table of a probe, for all formats: a row per recipient, differing columns first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from mailproof.model import Placement, SeenResult
from mailproof.render.scorecard import GRAVITY, RESULTS, MarkStatus
from mailproof.render.shown import clean

#: Explains the columns SPF, DKIM and DMARC.
LEGEND = (
    "SPF, DKIM, DMARC: as the receiver wrote; where mailproof finds another result, that is behind the slash"
)
#: The cell for unknown values.
NONE = "–"
#: Smaller differences in delivery time are ignored.
SAME_TIME_S = 10.0
_WORDS = {
    "deadline": "not arrived",
    "bounced": "bounced",
    "error": "mailbox not read",
    "skipped": "not awaited",
    "interrupted": "interrupted",
    "refused": "refused",
    "not sent": "not sent",
    "sent": "sent, not fetched",
}
_FAILED = ("deadline", "bounced", "refused", "not sent")
_SPAM: dict[str, MarkStatus] = {
    "clean": "pass",
    "bulk": "warn",
    "bypassed": "warn",
    "unknown": "none",
    "": "none",
}


class Cell(NamedTuple):
    """Text that is safe to show, and its status."""

    text: str
    status: MarkStatus = "none"


class PlacementTable(NamedTuple):
    """``columns`` are the titles: the receiver, then differing columns first; ``rows`` are worst first.

    ``differences`` are sentences about what differs between receivers, ``differing`` the titles of these
    columns. ``reasons`` are pairs of a receiver and why nothing arrived there. ``legend`` explains the cells
    ("" if there is no need).
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    differences: tuple[str, ...]
    differing: tuple[str, ...]
    reasons: tuple[tuple[str, str], ...]
    legend: str


class _Column(NamedTuple):
    """A column: ``cell`` for a row, and ``same``, the value compared between receivers ("": unknown)."""

    title: str
    cell: Callable[[Placement], Cell]
    same: Callable[[Placement], str]


def placement_table(placements: Sequence[Placement]) -> PlacementTable:
    """Build the table for one or more placements."""
    labels = _labels(placements)
    arrived = [each for each in placements if each.result == "found"]
    groups = {column.title: _groups(column, placements, arrived) for column in _COLUMNS}
    differing = tuple(title for title, group in groups.items() if len(group) > 1)
    columns = sorted(_COLUMNS, key=lambda column: column.title not in differing)
    rows = sorted(placements, key=lambda each: GRAVITY.index(_folder(each).status))
    cells = tuple((Cell(labels[each.recipient]), *(column.cell(each) for column in columns)) for each in rows)
    return PlacementTable(
        ("receiver", *(column.title for column in columns)),
        cells,
        tuple(_sentence(title, groups[title], labels) for title in differing),
        differing,
        tuple((labels[each.recipient], clean(each.reason, 300)) for each in rows if each.reason),
        LEGEND if any("/" in cell.text for row in cells for cell in row) else "",
    )


def _labels(placements: Iterable[Placement]) -> dict[str, str]:
    """The label of each recipient: the receiver, or the address if another recipient shares the receiver."""
    count = Counter(each.receiver for each in placements)
    return {
        each.recipient: clean(each.receiver if count[each.receiver] == 1 else each.recipient, 60)
        for each in placements
    }


def _groups(
    column: _Column, placements: Sequence[Placement], arrived: Sequence[Placement]
) -> dict[str, list[Placement]]:
    """The rows by their value in a column; rows without one are omitted."""
    found: dict[str, list[Placement]] = {}
    for each in placements if column.title == "folder" else arrived:
        if value := column.same(each):
            found.setdefault(value, []).append(each)
    if column.title == "seconds" and found:
        times = [each.seconds or 0.0 for each in arrived]
        if max(times) - min(times) < SAME_TIME_S:
            return {"": list(arrived)}
    return found


def _sentence(title: str, groups: dict[str, list[Placement]], labels: dict[str, str]) -> str:
    if title == "seconds":
        rows = sorted((each for group in groups.values() for each in group), key=lambda row: row.seconds or 0)
        fast, slow = rows[0], rows[-1]
        return (
            f"seconds: {_seconds(fast).text} at {labels[fast.recipient]} "
            f"to {_seconds(slow).text} at {labels[slow.recipient]}"
        )
    parts = [
        f"{clean(value, 60)} at {', '.join(labels[each.recipient] for each in group)}"
        for value, group in groups.items()
    ]
    return f"{title}: {'; '.join(parts)}"


def _folder(row: Placement) -> Cell:
    if row.result != "found":
        return Cell(_WORDS[row.result], "fail" if row.result in _FAILED else "unknown")
    tab = f" ({clean(row.tab, 30)})" if row.tab else ""
    return Cell(f"{clean(row.folder, 40)}{tab}", "warn" if row.junk else "pass")


def _comparable_folder(row: Placement) -> str:
    """A comparable folder: names differ between receivers, so only inbox, junk or other counts."""
    if row.result != "found":
        return _WORDS[row.result]
    if row.junk:
        return "junk"
    return f"inbox ({row.tab})" if row.tab else "inbox" if row.folder.upper() == "INBOX" else row.folder


def _seconds(row: Placement) -> Cell:
    if row.seconds is None:
        return Cell(NONE)
    if row.seconds <= 1:  # most servers' clocks show whole seconds
        return Cell("<1")
    return Cell(f"{row.seconds:.1f}" if row.seconds < 100 else f"{row.seconds:.0f}")


def _result_cell(result: SeenResult) -> Cell:
    theirs, ours = clean(result.theirs, 12), clean(result.ours, 12)
    if not theirs and not ours:
        return Cell(NONE)
    text = theirs or NONE
    if ours and ours != theirs:
        text = f"{text}/{ours}"
    known: list[MarkStatus] = [RESULTS.get(each, "unknown") for each in (theirs, ours) if each]
    return Cell(text, min(known, key=GRAVITY.index))


def _result(result: SeenResult) -> str:
    return result.theirs or result.ours


def _spam(row: Placement) -> Cell:
    if row.spam_score is None:
        return Cell(clean(row.spam_judgement, 12) or NONE, _SPAM.get(row.spam_judgement, "fail"))
    of = f" of {row.spam_threshold:g}" if row.spam_threshold is not None else ""
    return Cell(f"{row.spam_score:g}{of}", _SPAM.get(row.spam_judgement, "fail"))


def _tls(row: Placement) -> Cell:
    if not row.tls:
        return Cell(NONE)
    return Cell(clean(row.tls, 12), "warn" if row.tls == "none" else "none")


_COLUMNS = (
    _Column("folder", _folder, _comparable_folder),
    _Column("seconds", _seconds, lambda row: "" if row.seconds is None else _seconds(row).text),
    _Column("SPF", lambda row: _result_cell(row.spf), lambda row: _result(row.spf)),
    _Column("DKIM", lambda row: _result_cell(row.dkim), lambda row: _result(row.dkim)),
    _Column("DMARC", lambda row: _result_cell(row.dmarc), lambda row: _result(row.dmarc)),
    _Column("spam", _spam, lambda row: row.spam_judgement),
    _Column("TLS", _tls, lambda row: row.tls),
)
