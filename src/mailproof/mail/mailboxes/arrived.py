"""When a probe was put into the mailbox, by the receiving side's own clock: not when we noticed it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from mailproof.mail.mailbox import Arrival
from mailproof.model import ArrivalClock, RetrievalFacts
from mailproof.records.message import split_fields
from mailproof.records.received import parse_received
from mailproof.structs import replace

#: Clocks further apart than this say nothing about how long a message took.
CLOCKS_APART = timedelta(seconds=5)


def with_arrival(
    facts: RetrievalFacts, probe: Arrival, accepted: datetime, noticed: datetime
) -> RetrievalFacts:
    """Add the time of arrival: the first clock that is plausible, that is, between the two given times."""
    said = tuple(_clocks(probe))
    for at, by in said:
        if accepted - CLOCKS_APART <= at <= noticed + CLOCKS_APART:
            took = min(max((at - accepted).total_seconds(), 0.0), facts.waited_s)
            return replace(facts, arrived_at=at, arrived_by=by, arrived_s=round(took, 3))
    if said:
        return replace(facts, arrived_at=said[0][0], arrived_by=said[0][1])
    return facts


def _clocks(probe: Arrival) -> Iterator[tuple[datetime, ArrivalClock]]:
    """The mailbox's own time, then that of the topmost Received, by the receiver's last server."""
    if probe.at is not None:
        yield probe.at, probe.clock
    fields, _ = split_fields(probe.raw)
    top = next((field.value for field in fields if field.key == "received"), None)
    at = parse_received(top).timestamp if top is not None else None
    if at is not None:
        yield at, "Received"
