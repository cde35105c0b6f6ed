"""The requirements of large receivers: unmet ones, and with -v all."""

from __future__ import annotations

from rich.text import Text

from mailproof.model.receivers import ReceiverFacts
from mailproof.render.text.page import Page
from mailproof.render.text.style import clean

_STYLE = {"met": "mp.pass", "not met": "mp.fail", "unknown": "mp.unknown"}


def write_message_receivers(page: Page, receivers: tuple[ReceiverFacts, ...]) -> None:
    """The unmet requirements for this message; all of them with ``-v``."""
    if not receivers:
        return
    if page.verbose:
        page.heading("Receivers", f"as of {receivers[0].date}")
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
        page.table(("receiver", "applies to", "requirement", "state", "why"), rows)
        return
    _unmet(page, receivers)


def _unmet(page: Page, receivers: tuple[ReceiverFacts, ...]) -> None:
    """A row for each unmet requirement, with the receivers that have it."""
    missing: dict[tuple[str, str, str], list[str]] = {}
    for receiver in receivers:
        for each in receiver.requirements:
            if each.state == "not met":
                missing.setdefault((each.text, each.detail, each.scope), []).append(receiver.receiver)
    names = ", ".join(receiver.receiver for receiver in receivers)
    status, note = ("fail", Text(f"{len(missing)} not met", "mp.fail")) if missing else ("pass", "")
    short = f"{names}: nothing that could be checked is unmet (as of {receivers[0].date})"
    if page.topic("Receivers", status, note, "" if missing else short):
        rows, above = list[tuple[str, ...]](), ""
        for (text, detail, scope), who in missing.items():
            why = "as above" if detail and detail == above else clean(detail, 600)
            rows.append((", ".join(who), scope, clean(text), why))
            above = detail
        page.table(("receiver", "applies to", "not met", "why"), rows)


_SHORT = {"unknown": "not visible here", "not in the message": "not visible here"}


def write_receivers(page: Page, receivers: tuple[ReceiverFacts, ...]) -> None:
    """The same for a domain: unmet and unknown ones; with ``-v`` all, and what bulk means."""
    if not page.verbose and all(each.state != "unknown" for one in receivers for each in one.requirements):
        _unmet(page, receivers)
        return
    page.heading("Receivers")
    rows: list[tuple[str | Text, ...]] = []
    for receiver in receivers:
        shown = [
            each
            for each in receiver.requirements
            if each.state != "not in the DNS" and (page.verbose or each.state != "met")
        ]
        for number, each in enumerate(shown):
            rows.append(
                (
                    "" if number else receiver.receiver,
                    each.scope,
                    each.text,
                    Text(each.state, _STYLE[each.state]),
                    clean(each.detail) if each.state != "met" else "",
                )
            )
    page.table(("receiver", "applies to", "requirement", "state", "why"), rows)
    for receiver in receivers if page.verbose else ():
        page.line(f"{receiver.title} as of {receiver.date}; bulk: {receiver.bulk}", indent=2, hang=2)
        silent = [each for each in receiver.requirements if each.state == "not in the DNS"]
        if silent:
            listed = "; ".join(each.text for each in silent)
            page.line((f"not visible in DNS: {clean(listed, 2000)}", "mp.dim"), indent=4, hang=2)
