"""The time as of which a message is verified: when the receiving server accepted it, if that is plausible."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Literal

from msgspec import Struct

from mailproof.message.border import Border
from mailproof.message.reader import Message
from mailproof.records.dates import parse_date

#: How far apart the clocks of honest servers may be.
CLOCK_SKEW = timedelta(seconds=300)
#: ``arrival``, ``now``, or a given time.
At = datetime | Literal["arrival", "now"]


class Moment(Struct, frozen=True):
    """A time, and a description of its source."""

    time: datetime
    origin: str


def moment_of(message: Message, border: Border, at: At, now: datetime) -> Moment:
    """The time to verify as of. ``arrival`` is never in the future, nor before the message was signed."""
    if isinstance(at, datetime):
        return Moment(at, "as given")
    if at == "now":
        return Moment(now, "now")
    latest = now + CLOCK_SKEW
    inside = [hop for hop in border.hops if hop.internal]
    dated = [hop for hop in (border.arrived, *reversed(inside)) if hop is not None and hop.timestamp]
    hop = next((each for each in dated if each.timestamp and each.timestamp <= latest), None)
    arrived = hop.timestamp if hop is not None else parse_date(message.raw.first("date"))
    server = (hop.by if hop else "") or "the receiving server"
    origin = f"when {server} accepted it, according to its Received header"
    if hop is None:
        why = "its Received header is in the future" if dated else "no Received header says when it arrived"
        origin = f"its Date header: {why}"
    if arrived is None or arrived > latest:
        why = "nothing in the message says when it arrived"
        if dated or arrived is not None:
            why = "its header says that it arrived in the future"
        return Moment(now, f"now: {why}")
    times = [s.timestamp for s in message.signatures.values() if s.timestamp is not None]
    signed = max((time for time in times if 0 <= time <= now.timestamp()), default=None)
    if signed is not None and signed > (arrived + CLOCK_SKEW).timestamp():
        origin = "when it was signed (t=): its header says that it arrived before that"
        return Moment(datetime.fromtimestamp(signed, UTC), origin)
    return Moment(min(arrived, now), origin)
