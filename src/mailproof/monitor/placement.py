"""What became of a probe, from its report: arrival, folder, time, authentication."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from mailproof.model import MessageFacts, Report
from mailproof.monitor.limits import LABEL_TEXT

Arrival = Literal["arrived", "sent", "not arrived", "bounced", "not sent", ""]
#: Nothing is known of the message where our own side failed.
_OURS = ("local", "unresolved")


class Placement(Struct, frozen=True):
    """One receiver. ``arrival`` is empty where it is not known; ``seconds`` is how long it took.

    ``auth`` are the results by method (spf, dkim, dmarc), as they are for the message that arrived.
    """

    receiver: str
    arrival: Arrival = ""
    folder: str = ""
    junk: bool = False
    seconds: float | None = None
    auth: tuple[tuple[str, str], ...] = ()


def placement(report: Report) -> Placement | None:
    """What became of the probe of this report; None where it is not of a probe."""
    facts = report.facts.delivery
    if facts is None:
        return None
    receiver = facts.recipient.rpartition("@")[2].strip("<> ").lower()[:LABEL_TEXT]
    found = facts.retrieval
    if found is not None and found.result == "found":
        return Placement(
            receiver,
            "arrived",
            found.folder[:LABEL_TEXT],
            found.junk,
            found.took_s,
            _results(report.facts.message),
        )
    return Placement(receiver, _arrival(report))


def _arrival(report: Report) -> Arrival:
    facts = report.facts.delivery
    assert facts is not None
    sent, found = facts.submission, facts.retrieval
    if sent is None or report.interrupted:
        return ""
    if not (sent.accepted or sent.in_doubt):
        failure = sent.failure
        return "" if failure is None or failure.kind in _OURS else "not sent"
    if found is None:
        return "sent" if sent.accepted else ""
    return {"deadline": "not arrived", "bounced": "bounced"}.get(found.result, "")  # type: ignore[return-value]


def _results(message: MessageFacts | None) -> tuple[tuple[str, str], ...]:
    """The results that are known: a DNS failure says nothing of the message."""
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
