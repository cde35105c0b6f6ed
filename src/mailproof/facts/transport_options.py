"""How far connections to the hosts that mail depends on go, and how long they may take."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from msgspec import Struct

from mailproof.dns.rate import Pace
from mailproof.facts import limits

#: From an address and a port to where to connect in truth.
Route = Callable[[str, int], tuple[str, int]]


class TransportOptions(Struct, frozen=True):
    """Bounds and seams, for mail hosts and for what is fetched over HTTPS. Times in seconds.

    ``allowed`` are networks that may be connected to though they are not public (a laboratory); ``ca_file``
    replaces the machine's certificate authorities; ``route`` sends connections elsewhere (tests).
    ``pace`` gives questions to the name servers of a domain their turn (``--rate``);
    ``connect_timeout`` is that of the TCP connection, ``reply_timeout`` that of one reply, with
    ``greeting_more`` for a greeting that has begun, ``connection_timeout`` that of one whole conversation,
    ``total`` that of all together, including the lookups of the hosts' addresses; ``fetch_timeout`` is that
    of one policy, logo or certificate.
    """

    port: int = 25
    allowed: tuple[str, ...] = ()
    ca_file: Path | None = None
    route: Route | None = None
    pace: Pace | None = None
    connect_timeout: float = limits.CONNECT_S
    reply_timeout: float = limits.SILENCE_S
    greeting_more: float = limits.GREETING_S
    connection_timeout: float = limits.CONVERSATION_S
    total: float = limits.HOSTS_S
    fetch_timeout: float = limits.FETCH_S
    max_hosts: int = 10
    max_addresses: int = 2
    per_host: int = 2
    at_once: int = 64

    def place(self, address: str, port: int) -> tuple[str, int]:
        """Where to connect to reach this address and port."""
        return self.route(address, port) if self.route is not None else (address, port)


#: To the public Internet alone, within the usual bounds.
USUAL = TransportOptions()
