"""Renders the explanation of a bounce or a log line."""

from __future__ import annotations

import textwrap

from rich.text import Text

from mailproof.model import BounceCause, BounceReply, Explanation
from mailproof.render.look import SCREEN, Look
from mailproof.render.text.page import PROSE, Page
from mailproof.render.text.style import clean

#: The most characters of the reply that are repeated.
MAX_ECHO = 300
_UNKNOWN = "unknown: no server is known to use these words"
_DELIVERED = "none: the message was delivered or passed on"


def render_explanation(explanation: Explanation, titles: dict[str, str], look: Look = SCREEN) -> str:
    """Render the explanation; ``titles`` maps rule ids to titles."""
    page = Page(look)
    if explanation.kind == "message":
        page.line(("The message is not a bounce. It quotes:", ""))
        page.blank()
    for number, reply in enumerate(explanation.replies):
        if number:
            page.blank()
        _reply(page, reply, titles)
    page.blank()
    if explanation.more:
        page.line((f"Only the first {len(explanation.replies)} are shown: the text has more.", ""))
    page.line((f"Data of {explanation.date}; codes: {explanation.source}.", "mp.dim"))
    return page.value


def _reply(page: Page, reply: BounceReply, titles: dict[str, str]) -> None:
    code = " ".join(filter(None, (str(reply.code or ""), reply.status)))
    kind = {True: "permanent", False: "temporary: the queue retries", None: ""}[reply.permanent]
    certain = next((cause for cause in reply.causes if cause.certain), None)
    who = certain.who if certain else reply.speaker
    head = page.signs.dot.join(f" {part} " for part in (who, code, kind) if part).strip()
    page.line((head or "The reply", "mp.name"))
    _paragraph(page, "  ", "  ", _echo(reply.text), "mp.dim")
    about = (
        ("server", reply.remote),
        ("recipient", reply.recipient),
        ("sent to", reply.original),
        ("sender", reply.domain),
        ("address", reply.address),
        ("it says", ", ".join(reply.stated)),
    )
    page.blank()
    for label, value in about:
        if value:
            _labelled(page, label, clean(value, 300))
    for cause in reply.causes:
        _cause(page, cause, titles)
    accepted = 200 <= reply.code < 300 or reply.status.startswith("2")
    if not reply.causes:
        _labelled(page, "cause", _DELIVERED if accepted else _UNKNOWN)
    if reply.registered and not (certain and reply.status in certain.cause):
        _labelled(page, "registry", f"{reply.status or reply.code}: {clean(reply.registered)}")


def _cause(page: Page, cause: BounceCause, titles: dict[str, str]) -> None:
    if cause.degree == "code only":
        page.line(("From the code alone:", "mp.name"))
    elif not cause.certain:
        page.line(("Likely:", "mp.name"))
    _labelled(page, "cause", cause.cause)
    _labelled(page, "fix", cause.fix)
    if cause.next:
        _labelled(page, "next", cause.next, style="mp.record")
    if cause.phrase and cause.degree != "code only":
        _labelled(
            page,
            "words",
            f"“{clean(cause.phrase, 160)}”" if page.signs.dot == "·" else clean(cause.phrase, 160),
        )
    for number, check in enumerate(cause.checks):
        _labelled(page, "" if number else "check", f"{check:<8} {titles.get(check, '')}".rstrip())
    if not cause.checks:
        _labelled(page, "check", "no rule: neither the DNS nor the message shows it")
    _labelled(page, "source", cause.source, style="mp.dim")


def _echo(text: str) -> str:
    """The reply, truncated: the user has just pasted it."""
    said = clean(text, MAX_ECHO + 1)
    return said if len(said) <= MAX_ECHO else f"{said[:MAX_ECHO].rstrip()} (…)"


def _labelled(page: Page, label: str, text: str, *, style: str = "") -> None:
    _paragraph(page, f"{label:<11}", " " * 11, text, style)


def _paragraph(page: Page, first: str, hang: str, text: str, style: str) -> None:
    """Write text wrapped only between words: a broken URL cannot be clicked or copied."""
    width = min(page.width, PROSE) - len(hang)
    rows = textwrap.wrap(text, width, break_long_words=False, break_on_hyphens=False) or [""]
    for number, row in enumerate(rows):
        lead = hang if number else first
        line = Text.assemble((lead, "mp.dim" if lead.strip() else ""), (row, style))
        page.console.print(line, soft_wrap=True)
