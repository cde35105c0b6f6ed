"""The moment that a message is judged for: when the border took it, as far as that can be right."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Literal

from msgspec import Struct

from mailproof.message.border import Border
from mailproof.message.reader import Message
from mailproof.records.dates import parse_date

#: How far the clocks of honest servers are apart.
CLOCK_SKEW = timedelta(seconds=300)
#: ``arrival``, ``now``, or a moment of one's own.
At = datetime | Literal["arrival", "now"]


class Moment(Struct, frozen=True):
    """A moment, and in words where it was learnt from."""

    time: datetime
    origin: str


def moment_of(message: Message, border: Border, at: At, now: datetime) -> Moment:
    """The moment to judge for. ``arrival`` is never in the future, nor before the message was signed."""
    if isinstance(at, datetime):
        return Moment(at, "as given")
    if at == "now":
        return Moment(now, "now")
    hop = border.arrived
    arrived = hop.timestamp if hop is not None else None
    origin = f"when {(hop.by if hop else '') or 'the border'} took it, by its Received header"
    if arrived is None:
        arrived = parse_date(message.raw.first("date"))
        origin = "its Date header: no Received header tells when it arrived"
    if arrived is None:
        return Moment(now, "now: nothing in the message tells when it arrived")
    if arrived > now + CLOCK_SKEW:
        return Moment(now, "now: by its header it arrived in the future")
    times = [s.timestamp for s in message.signatures.values() if s.timestamp is not None]
    signed = max((time for time in times if 0 <= time <= now.timestamp()), default=None)
    if signed is not None and signed > (arrived + CLOCK_SKEW).timestamp():
        origin = "when it was signed (t=): by its header it arrived before that"
        return Moment(datetime.fromtimestamp(signed, UTC), origin)
    return Moment(min(arrived, now), origin)
