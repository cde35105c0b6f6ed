"""Shared by the rules on inbound mail: a test case of the run, and texts about it."""

from __future__ import annotations

from mailproof.checks.base import Enough, NotApplicable, Undetermined, parametrized, required
from mailproof.model import InboundCase, InboundFacts, InboundName

ARRIVED = ("inbox", "junk")


def control_of(facts: InboundFacts) -> InboundCase:
    """The harmless control message. Raises Undetermined if it did not arrive."""
    control = facts.case("control")
    if control is None or control.place not in ARRIVED:
        why = "was not sent"
        if control is not None:
            why = {"refused": f"was refused: {control.reply}", "missing": "did not arrive"}.get(
                control.place, f"is nowhere: {control.reason}"
            )
        raise Undetermined(f"the harmless control message {why}; so nothing can be said of the others")
    return control


def case_of(facts: InboundFacts, name: InboundName) -> InboundCase:
    """The case. Raises NotApplicable if it was not sent, Undetermined if its fate is unknown."""
    control_of(facts)
    case = required(facts.case(name), "this message was not asked for")
    if case.place == "skipped":
        raise NotApplicable(case.reason)
    if case.place == "unknown":
        raise Undetermined(case.reason)
    return case


@parametrized
def in_inbox(facts: InboundFacts, name: InboundName) -> InboundCase:
    """The case, if it reached the inbox. Raises Enough if not, and like ``case_of``."""
    case = case_of(facts, name)
    if case.place != "inbox":
        raise Enough
    return case


def folder(case: InboundCase) -> str:
    """The folder of the message, in words."""
    return f'"{case.folder}"' if case.folder else "the mailbox"


def evidence(case: InboundCase) -> tuple[str, ...]:
    """The envelope and the author."""
    authors = tuple(f"From: {each}" for each in case.header_from)
    return (f"MAIL FROM: <{case.mail_from}>", *authors)
