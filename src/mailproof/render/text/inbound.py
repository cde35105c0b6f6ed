"""The section of ``mailproof inbound``: each message and where it ended up."""

from __future__ import annotations

from rich.text import Text

from mailproof.model import InboundCase, InboundFacts
from mailproof.render.text.page import Page
from mailproof.render.text.style import clean

_WORDS = {
    "refused": "refused",
    "junk": "Junk",
    "inbox": "Inbox",
    "missing": "not arrived",
    "skipped": "not sent",
    "unknown": "unknown",
}


def write_inbound(page: Page, facts: InboundFacts) -> None:
    """A line per message, with the server's reply or the reason below."""
    bad = any(each.place == "inbox" and each.name != "control" for each in facts.cases)
    note = Text(clean(facts.recipient, 200), "mp.name")
    if not page.topic("Messages sent", "fail" if bad else "pass", note, ""):
        return
    page.field("Server", clean(facts.server, 300))
    page.field("Mailbox", clean(facts.mailbox, 300))
    if facts.client_ip:
        page.field("Sent from", clean(facts.client_ip))
    for case in facts.cases:
        _case(page, case, facts)
    if facts.folders_seen and any(each.place == "missing" for each in facts.cases):
        page.line((f"searched: {clean(', '.join(facts.folders_seen[:20]), 400)}", "mp.dim"), indent=2)


def _case(page: Page, case: InboundCase, facts: InboundFacts) -> None:
    word = _WORDS[case.place]
    if case.place in ("inbox", "junk") and case.folder:
        word = f"{word} ({clean(case.folder, 60)})" if case.folder.lower() != word.lower() else word
    status = _status(case)
    page.line((f"{page.sign(status)} {word:<12} ", f"mp.{status}"), clean(case.what, 300), indent=2, hang=15)
    details = [case.reply, case.reason if case.reason != f"put off, {case.reply}" else ""]
    if case.place == "missing":
        details.append(f"accepted, and in no folder after {facts.deadline_s:g} s")
    if case.remove_problem:
        details.append(f"could not be removed: {case.remove_problem}")
    for text in details:
        if text and (text == case.reason or text not in case.reason):
            page.line((clean(text, 500), "mp.dim"), indent=17)
    if page.verbose and case.submission is not None:
        for line in case.submission.dialogue[:100]:
            page.line((clean(line), "mp.dim"), indent=17)


def _status(case: InboundCase) -> str:
    """How good it is that the message is there."""
    if case.place in ("skipped", "unknown"):
        return case.place
    if case.name == "control":
        return {"inbox": "pass", "junk": "warn"}.get(case.place, "fail")
    return {"refused": "pass", "inbox": "fail"}.get(case.place, "warn")
