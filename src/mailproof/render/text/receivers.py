"""The table of what large receivers demand: met, not met, or not to be known from the DNS."""

from __future__ import annotations

from rich.text import Text

from mailproof.model.receivers import ReceiverFacts
from mailproof.render.text.page import Page
from mailproof.render.text.style import clean

_STYLE = {"met": "mp.pass", "not met": "mp.fail", "unknown": "mp.unknown"}


def write_message_receivers(page: Page, receivers: tuple[ReceiverFacts, ...], *, verbose: int = 0) -> None:
    """What each receiver demands of this message: the counts and what is not met; all where ``verbose``."""
    if not receivers:
        return
    page.heading("What receivers demand of this message", f"as of {receivers[0].date}")
    if verbose:
        rows = [
            (
                receiver.receiver if not number else "",
                each.scope,
                each.text,
                Text(_SHORT.get(each.state, each.state), _STYLE.get(each.state, "mp.dim")),
                clean(each.detail),
            )
            for receiver in receivers
            for number, each in enumerate(receiver.requirements)
        ]
        page.table(("receiver", "binds", "requirement", "state", "why"), rows)
        return
    lines: list[tuple[str | Text, ...]] = []
    for receiver in receivers:
        count = {state: sum(r.state == state for r in receiver.requirements) for state in _STYLE}
        silent = len(receiver.requirements) - sum(count.values()) + count["unknown"]
        missing = [r for r in receiver.requirements if r.state == "not met"]
        words = "; ".join(f"{r.text}{' (bulk)' if r.scope == 'bulk' else ''}: {r.detail}" for r in missing)
        lines.append(
            (
                receiver.receiver,
                Text(str(count["met"]), "mp.pass"),
                Text(str(len(missing)), "mp.fail" if missing else "mp.dim"),
                Text(str(silent), "mp.dim"),
                clean(words, 600),
            )
        )
    page.table(("receiver", "met", "not met", "not knowable", "what is not met"), lines)


_SHORT = {"unknown": "not knowable", "not in the message": "not knowable"}


def write_receivers(page: Page, receivers: tuple[ReceiverFacts, ...]) -> None:
    """A row for each requirement that the DNS can tell of; the others, and what bulk means, in lines."""
    rows: list[tuple[str | Text, ...]] = []
    for receiver in receivers:
        told = [each for each in receiver.requirements if each.state != "not in the DNS"]
        for number, each in enumerate(told):
            rows.append(
                (
                    "" if number else receiver.receiver,
                    each.scope,
                    each.text,
                    Text(each.state, _STYLE[each.state]),
                    clean(each.detail) if each.state != "met" else "",
                )
            )
    page.table(("receiver", "binds", "requirement", "state", "why"), rows)
    for receiver in receivers:
        page.line(f"{receiver.title} as of {receiver.date}; bulk: {receiver.bulk}", indent=2, hang=2)
        silent = [each for each in receiver.requirements if each.state == "not in the DNS"]
        if silent:
            listed = "; ".join(each.text for each in silent)
            page.line((f"not to be known from the DNS: {clean(listed, 2000)}", "mp.dim"), indent=4, hang=2)
