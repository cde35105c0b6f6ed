"""The verdicts of spam filters on a message: in its header, and when queried."""

from __future__ import annotations

from collections.abc import Iterator

from rich.text import Text

from mailproof.model import AskedFilter, FilterDetail, MessageFacts
from mailproof.render.text.page import Page

#: Symbols that are shown for each queried filter.
MOST_SYMBOLS = 8
_GOOGLE_DKIM = "X-Google-DKIM-Signature: Google's own mark for its own use; to others it proves nothing"
_STYLES = {
    "clean": "mp.pass",
    "bypassed": "mp.warn",
    "bulk": "mp.warn",
    "deferred": "mp.warn",
    "unknown": "mp.dim",
}
_Row = tuple[str | Text, ...]


def write_filters(page: Page, facts: MessageFacts) -> None:
    """Write a table of decoded header verdicts and of filters' responses, if there are any."""
    rows = [*(_asked(each) for each in facts.asked_filters), *_headers(facts)]
    if rows:
        page.heading("What spam filters said")
        page.table(("filter", "verdict", "score", "about"), rows)


def _asked(asked: AskedFilter) -> _Row:
    word = Text(
        asked.verdict, "mp.unknown" if asked.verdict == "unknown" else _STYLES.get(asked.verdict, "mp.fail")
    )
    action = f"action {asked.action}" if asked.action else ""
    clear = "the password was sent to it without encryption" if asked.password_in_clear else ""
    about = "; ".join(filter(None, (asked.problem, clear, action, _symbols(asked))))
    return (
        asked.filter,
        word,
        _score(asked.score, asked.threshold),
        f"asked at {asked.server}: {about}".rstrip(": "),
    )


def _symbols(asked: AskedFilter) -> str:
    """The symbols with a score, or else the first few names."""
    heavy = [each for each in asked.symbols if each.score] or list(asked.symbols)
    words = ", ".join(f"{x.name} {x.score:+.4g}" if x.score else x.name for x in heavy[:MOST_SYMBOLS])
    return f"{words}, …" if len(heavy) > MOST_SYMBOLS else words


def _headers(facts: MessageFacts) -> Iterator[_Row]:
    for each in facts.filters[:12]:
        word = Text(each.judgement, _STYLES.get(each.judgement, "mp.fail"))
        said = [_detail(detail) for detail in each.details[:12]]
        trust = "" if each.trusted else "not written by the receiving server; "
        about = f"{each.header}: {trust}{'; '.join(said)}".rstrip(": ;")
        yield each.filter, word, _score(each.score, each.threshold), about
    if any(name.lower() == "x-google-dkim-signature" for name, _ in facts.headers):
        yield "Google", Text("no verdict", "mp.dim"), "", _GOOGLE_DKIM


def _detail(detail: FilterDetail) -> str:
    value = f"={detail.value}" if detail.value else ""
    return f"{detail.name}{value}{f': {detail.meaning}' if detail.meaning else ''}"


def _score(score: float | None, threshold: float | None) -> str:
    shown = "" if score is None else f"{score:g}"
    return shown + (f" of {threshold:g}" if threshold is not None else "")
