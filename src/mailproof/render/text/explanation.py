"""What a bounce or a log line means, for people."""

from __future__ import annotations

from mailproof.model import BounceCause, BounceReply, Explanation
from mailproof.render.text.page import Page
from mailproof.render.text.style import clean


def render_explanation(
    explanation: Explanation,
    titles: dict[str, str],
    *,
    width: int = 80,
    color: bool = False,
    unicode: bool = True,
) -> str:
    """The explanation; ``titles`` are those of the rules by id."""
    page = Page(width=width, color=color, unicode=unicode)
    for number, reply in enumerate(explanation.replies):
        if number:
            page.blank()
        _reply(page, reply, titles)
    page.blank()
    page.line((f"Data of {explanation.date}; codes: {explanation.source}.", "mp.dim"))
    return page.value


def _reply(page: Page, reply: BounceReply, titles: dict[str, str]) -> None:
    code = " ".join(part for part in (str(reply.code or ""), reply.status) if part)
    kind = {True: "permanent", False: "temporary: the queue retries", None: ""}[reply.permanent]
    told = next((cause for cause in reply.causes if cause.certain), None)
    who = told.who if told else reply.speaker
    head = page.signs.dot.join(f" {part} " for part in (who, code, kind) if part).strip()
    page.line((head or "What was said", "mp.name"))
    page.line((clean(reply.text, 600), "mp.dim"), indent=2, hang=2)
    about = (
        ("server", reply.remote),
        ("recipient", reply.recipient),
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
    if reply.registered and not (told and reply.status in told.cause):
        _labelled(page, "registry", f"{reply.status or reply.code}: {clean(reply.registered)}")


def _cause(page: Page, cause: BounceCause, titles: dict[str, str]) -> None:
    if not cause.certain:
        page.line((f"If {cause.who} says so:", "mp.name"))
    _labelled(page, "cause", cause.cause)
    if not cause.checks:
        _labelled(page, "proof", "none: it shows in no DNS and in no message")
    for number, check in enumerate(cause.checks):
        _labelled(page, "proof" if not number else "", f"{check}  {titles.get(check, '')}".rstrip())
    _labelled(page, "fix", cause.fix)
    _labelled(page, "next", cause.next, style="mp.record")
    _labelled(page, "source", cause.source, style="mp.dim")


def _labelled(page: Page, label: str, text: str, *, style: str = "") -> None:
    page.line((f"{label:<11}", "mp.dim"), (text, style), indent=0, hang=11)
