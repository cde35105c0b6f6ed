"""The table of what large receivers demand: met, not met, or not to be known from the DNS."""

from __future__ import annotations

from rich.text import Text

from mailproof.model.receivers import ReceiverFacts
from mailproof.render.text.page import Page
from mailproof.render.text.style import clean

_STYLE = {"met": "mp.pass", "not met": "mp.fail", "unknown": "mp.unknown"}


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
