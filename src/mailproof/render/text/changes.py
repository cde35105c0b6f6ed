"""The changes between two states as a page, or as sentences to paste."""

from __future__ import annotations

from itertools import groupby

from mailproof.model import Severity
from mailproof.model.changes import Change, ChangePart, Changes, Effect
from mailproof.printable import first_of
from mailproof.render.look import SCREEN, Look
from mailproof.render.markdown import plain
from mailproof.render.text.page import Page
from mailproof.render.text.style import Signs, clean, counted
from mailproof.runners import disarmed

_TITLES: dict[ChangePart, str] = {
    "domain": "Domain",
    "senders": "Who may send (SPF)",
    "dkim": "DKIM keys",
    "dmarc": "DMARC",
    "mx": "MX",
    "mta_sts": "MTA-STS",
    "tls_rpt": "TLS-RPT",
    "findings": "Findings",
}
_STYLES: dict[Effect, str] = {
    "worse": "mp.fail",
    "better": "mp.pass",
    "neutral": "mp.dim",
    "unknown": "mp.unknown",
}
_REASONS = {1: "something gets worse", 3: "something could not be compared", 130: "interrupted"}
#: The most ranges listed for one change.
MOST_RANGES = 6
#: The most characters shown of an untrusted text.
MOST_TEXT = 400


def render_changes(changes: Changes, code: int, fail_on: str = "error", look: Look = SCREEN) -> str:
    """All changes, by domain and part, and the number of those that ``fail_on`` counts."""
    page = Page(look)
    for domain in changes.domains:
        page.line(
            (clean(domain.domain), "mp.head"),
            f": {clean(changes.old)} {page.signs.arrow} {clean(changes.new)}",
            _grades(domain.old_grade, domain.new_grade, page.signs.arrow),
        )
        if not domain.changes:
            page.line("nothing changes for its mail", indent=2)
        for part, found in groupby(domain.changes, lambda each: each.part):
            page.line((_TITLES[part], "mp.name"), indent=2)
            for change in found:
                _write(page, change)
        page.blank()
    page.line(
        _closing(changes, fail_on),
        f" {page.signs.dot} exit code {code}",
        f" ({_REASONS[code]})" if code else "",
    )
    return page.value


def render_sentences(changes: Changes) -> str:
    """A Markdown list with a sentence per change; untrusted records cannot break out of it."""
    lines = [
        f"- **{plain(domain.domain)}**: {plain(change.sentence)}{_accepted_note(change)}"
        for domain in changes.domains
        for change in domain.changes
    ]
    return disarmed("\n".join(lines or ["- Nothing changes for the mail of these domains."]) + "\n")


def _write(page: Page, change: Change) -> None:
    style = "mp.dim" if change.accepted else _STYLES[change.effect]
    if change.effect == "worse" and change.severity is Severity.WARNING:
        style = "mp.warn"
    page.line(
        (_sign(change, page.signs), style),
        f" {clean(change.what, MOST_TEXT)}{_accepted_note(change)}",
        indent=4,
    )
    if change.addresses:
        page.line(f"{first_of(change.addresses, MOST_RANGES)} ({change.address_count})", indent=6)


def _accepted_note(change: Change) -> str:
    return " (on purpose)" if change.accepted else ""


def _sign(change: Change, signs: Signs) -> str:
    if change.accepted:
        return signs.skip
    if change.effect == "worse" and change.severity is Severity.WARNING:
        return signs.warn
    return {"worse": signs.fail, "better": signs.ok, "neutral": signs.info, "unknown": signs.unknown}[
        change.effect
    ]


def _grades(old: str | None, new: str | None, arrow: str) -> str:
    return f", grade {old or '?'} {arrow} {new or '?'}" if old != new else f", grade {old}" if old else ""


def _closing(changes: Changes, fail_on: str) -> str:
    number = sum(len(domain.changes) for domain in changes.domains)
    unknown = len(changes.unknown)
    words = [counted(number, "change"), f"{len(changes.worse(fail_on))} for the worse"]
    return ", ".join([*words, *([f"{unknown} could not be compared"] if unknown else [])])
