"""What could not be checked: one line for each cause, with the topics that it hides."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from mailproof.model import STATUS_SHORT, Impossible, Outcome, Report, Status
from mailproof.render.text.page import Page
from mailproof.render.text.style import clean

#: More questions than this are not named in one line.
MOST_NAMED = 3
#: Reasons are cut here.
MOST_TEXT = 240

_HERE: dict[Impossible, str] = {
    "transport": "TLS of the mail hosts",
    "authority": "the name servers one by one",
}


class _Cause(Struct, frozen=True):
    """One kind of trouble: a status at a server for the names of one domain, or a reason in words."""

    subject: str
    reason: str = ""
    status: Status | None = None
    server: str = ""
    zone: str = ""


def write_unknown(page: Page, report: Report) -> None:
    """What could not be checked, what was not queried (``--offline``), and what this machine cannot do."""
    failed = [each for each in report.outcomes if each.status in ("unknown", "error")]
    unasked = [each for each in report.outcomes if each.status == "skipped" and each.unasked]
    _section(page, "Could not check", failed, report.subject)
    _section(page, "Not queried (--offline)", unasked, report.subject)
    if report.not_possible_here:
        page.heading("Not checked from here")
        for each in report.not_possible_here:
            page.line(
                (f"{page.signs.none} ", "mp.dim"),
                (f"{_HERE[each.what]}: ", "mp.name"),
                clean(each.why),
                (f"  {_ids(each.checks)}", "mp.dim"),
            )


def _section(page: Page, title: str, outcomes: Sequence[Outcome], subject: str) -> None:
    causes: dict[_Cause, list[Outcome]] = {}
    for outcome in outcomes:
        causes.setdefault(_cause(outcome), []).append(outcome)
    if not causes:
        return
    page.heading(title)
    for cause, hidden in causes.items():
        about = f" ({clean(cause.subject)})" if cause.subject != subject else ""
        page.line(
            (f"{page.signs.unknown} ", "mp.unknown"),
            _words(cause, hidden),
            (f"  {_checks(hidden)}{about}", "mp.dim"),
        )
        if page.verbose:
            for reason in dict.fromkeys(each.reason for each in hidden):
                page.line((clean(reason), "mp.dim"), indent=4, hang=0)


def _cause(outcome: Outcome) -> _Cause:
    """The cause of an open outcome: of several questions without an answer, the first that was asked."""
    first = next((each for each in outcome.unanswered if each.status != "unasked"), None)
    first = first or next(iter(outcome.unanswered), None)
    if first is None:
        return _Cause(outcome.subject, outcome.reason)
    if first.status == "unasked":
        return _Cause(outcome.subject, status=first.status)
    return _Cause(outcome.subject, "", first.status, first.server, _zone(first.name, outcome.subject))


def _zone(name: str, subject: str) -> str:
    """The domain audited where the name is in it; else roughly the zone that the name is in."""
    if name == subject or name.endswith(f".{subject}"):
        return subject
    while name.startswith("_") and "." in name:
        name = name.partition(".")[2]
    return name.partition(".")[2] if name.count(".") > 1 else name


def _words(cause: _Cause, hidden: Sequence[Outcome]) -> str:
    if cause.status is None:
        return _cut(cause.reason) or "no reason given"
    short = STATUS_SHORT[cause.status]
    same = [
        each
        for outcome in hidden
        for each in outcome.unanswered
        if (each.status, each.server) == (cause.status, cause.server)
    ]
    what = tuple(dict.fromkeys(f"{each.rrtype} {each.name}" for each in same))
    named = clean(cause.zone) if cause.zone == cause.subject and len(what) > 1 else _named(what)
    if cause.server and cause.status != "timeout":
        # A server's own words, such as extended errors (RFC 8914), are shown with -v.
        return f"{named}: {short} from {clean(cause.server)}"
    why = _cut(next((each.reason for each in same if each.reason), ""))
    if not why:
        return f"{named}: {short}{f' from {clean(cause.server)}' if cause.server else ''}"
    return f"{named}: {why if cause.status == 'unasked' or short in why else f'{short} ({why})'}"


def _cut(text: str) -> str:
    shown = clean(text)
    return shown if len(shown) <= MOST_TEXT else f"{shown[:MOST_TEXT]}…"


def _named(questions: tuple[str, ...]) -> str:
    more = len(questions) - MOST_NAMED
    return ", ".join(map(clean, questions[:MOST_NAMED])) + (f" and {more} more" if more > 0 else "")


def _checks(outcomes: Sequence[Outcome]) -> str:
    return _ids([outcome.check for outcome in outcomes])


def _ids(ids: Sequence[str]) -> str:
    """The checks that are hidden: their ids where they are few, else how many of which topics."""
    if len(ids) <= MOST_NAMED:
        return ", ".join(ids)
    return f"{len(ids)} checks: {', '.join(dict.fromkeys(check.rstrip('0123456789') for check in ids))}"
