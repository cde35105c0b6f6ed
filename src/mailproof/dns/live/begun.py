"""A datagram that was sent without waiting."""

from __future__ import annotations

from msgspec import Struct

from mailproof.dns.live.miss import Miss
from mailproof.dns.live.packet import Reply
from mailproof.dns.live.state import ServerState
from mailproof.dns.live.tally import Turn
from mailproof.dns.live.udp import Wait


class Begun(Struct, eq=False):
    """A datagram's way: to which server, in which turn, when it was sent (monotonic), and what came of it."""

    state: ServerState
    turn: Turn
    asked: float
    reply: Reply | Miss | None = None
    wait: Wait | None = None
