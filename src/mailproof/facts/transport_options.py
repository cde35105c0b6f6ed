"""Options for connections to the hosts that mail depends on: bounds and time limits."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from msgspec import Struct

from mailproof.dns.rate import Pace
from mailproof.facts import limits

#: Maps an address and a port to the actual ones to connect to.
Route = Callable[[str, int], tuple[str, int]]


class TransportOptions(Struct, frozen=True):
    """Bounds and seams, for mail hosts and for HTTPS. Times in seconds.

    ``allowed`` are non-public networks that we may connect to (a laboratory); ``ca_file``
    replaces the machine's certificate authorities; ``route`` redirects connections (tests).
    ``pace`` limits the rate of queries to the name servers of a domain (``--rate``);
    ``connect_timeout`` is for the TCP connection, ``reply_timeout`` for one reply, plus
    ``greeting_more`` for a greeting that has begun, ``connection_timeout`` for one whole conversation,
    ``total`` for all of them, including the lookups of the hosts' addresses; ``fetch_timeout`` is for
    one policy, logo or certificate.
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
        """The address and port to connect to in place of these."""
        return self.route(address, port) if self.route is not None else (address, port)


#: Connects to the public Internet only, within the usual bounds.
USUAL = TransportOptions()
