"""What became of a probe, from its report: arrival, folder, time, authentication."""

from __future__ import annotations

from collections import Counter
from typing import Literal

from msgspec import Struct

from mailproof.model import DeliveryFacts, MessageFacts, RecipientFacts, Report
from mailproof.monitor.limits import LABEL_TEXT

Arrival = Literal["arrived", "sent", "not arrived", "bounced", "not sent", ""]
#: Failures on our own side, which say nothing about the message.
_OURS = ("local", "unresolved")


class Placement(Struct, frozen=True):
    """One receiver; ``named`` if it is one of several.

    ``arrival`` is empty if unknown; ``seconds`` is how long delivery took. ``auth`` holds the results by
    method (spf, dkim, dmarc) of the message that arrived.
    """

    receiver: str
    named: bool = False
    arrival: Arrival = ""
    folder: str = ""
    junk: bool = False
    seconds: float | None = None
    auth: tuple[tuple[str, str], ...] = ()


def placements(report: Report) -> tuple[Placement, ...]:
    """The outcome of this report's probe for each recipient; empty if the report is not of a probe.

    Receivers go by their names, or by the recipient's address if two share a name.
    """
    facts = report.facts
    if facts.recipients:
        count = Counter(_name(each.receiver) for each in facts.recipients)
        return tuple(
            _placement(each, report, _name(each.receiver), several=True)
            if count[_name(each.receiver)] == 1
            else _placement(each, report, _name(each.delivery.recipient), several=True)
            for each in facts.recipients
        )
    if facts.delivery is None:
        return ()
    domain = facts.delivery.recipient.rpartition("@")[2].strip("<> ").lower()
    only = RecipientFacts(domain, facts.delivery, facts.message)
    return (_placement(only, report, _name(domain), several=False),)


def own_failures(report: Report) -> tuple[str, ...]:
    """Why the probe could not be sent, if the cause is on our side."""
    facts = report.facts
    found = tuple(each.delivery for each in facts.recipients) or (facts.delivery,)
    failures = [each.submission.failure for each in found if each is not None and each.submission is not None]
    return tuple(each.reason for each in failures if each is not None and each.kind in _OURS)


def _name(text: str) -> str:
    return text[:LABEL_TEXT]


def _placement(one: RecipientFacts, report: Report, receiver: str, *, several: bool) -> Placement:
    found = one.delivery.retrieval
    if found is not None and found.result == "found":
        return Placement(
            receiver,
            several,
            "arrived",
            found.folder[:LABEL_TEXT],
            found.junk,
            found.took_s,
            _results(one.message),
        )
    return Placement(receiver, several, _arrival(one.delivery, interrupted=report.interrupted))


def _arrival(facts: DeliveryFacts, *, interrupted: bool) -> Arrival:
    sent, found = facts.submission, facts.retrieval
    if sent is None or interrupted:
        return ""
    if not (sent.accepted or sent.in_doubt):
        failure = sent.failure
        return "" if failure is None or failure.kind in _OURS else "not sent"
    if found is None:
        return "sent" if sent.accepted else ""
    return {"deadline": "not arrived", "bounced": "bounced"}.get(found.result, "")  # type: ignore[return-value]


def _results(message: MessageFacts | None) -> tuple[tuple[str, str], ...]:
    """The known results: a DNS failure says nothing about the message."""
    if message is None:
        return ()
    found: list[tuple[str, str]] = []
    if message.spf is not None:
        found.append(("spf", message.spf.result))
    dkim = [each.result for each in message.dkim]
    if dkim or message.dmarc is not None:
        unsure = "temperror" if "temperror" in dkim else ""
        found.append(("dkim", "pass" if "pass" in dkim else unsure or (dkim[0] if dkim else "none")))
    if message.dmarc is not None:
        found.append(("dmarc", message.dmarc.result))
    return tuple((method, result) for method, result in found if result != "temperror")
