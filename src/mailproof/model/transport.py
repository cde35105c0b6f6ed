"""What we saw of the mail hosts when connecting to them on port 25 (RFC 5321, RFC 3207)."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from mailproof.model.tls import TlsFacts

#: ``timeout``: no TCP connection in time; ``silent``: connected, but no greeting; ``protocol``: the server
#: does not speak SMTP; ``skipped``: not tried. ``reason`` says why.
ConnectState = Literal["answered", "refused", "timeout", "unreachable", "silent", "protocol", "skipped"]
RelayResult = Literal["refused", "accepted", "deferred", "untested"]


class TlsVersionFacts(Struct, frozen=True):
    """Whether a version of TLS is offered (``TLSv1`` … ``TLSv1.3``); None if not checked."""

    version: str
    offered: bool | None
    reason: str = ""


class MxConnectionFacts(Struct, frozen=True):
    """One address of one MX host, on port 25.

    ``code`` and ``greeting`` are the server's first reply, ``greeting_name`` the host name in it,
    ``ehlo_name`` the one in its reply to EHLO; ``extensions`` as offered before TLS. ``starttls`` is None
    if EHLO got no reply; ``starttls_problem`` says why today's clients get no TLS though it is offered.
    ``tls.verified`` is OpenSSL's verdict on chain and name against the public CAs; ``names_match``
    whether the leaf is for ``host``. ``relay`` is the reaction to a recipient in another domain (no message
    is ever sent). ``versions`` is empty if they were not tried one by one (a host's later addresses).
    """

    host: str
    address: str
    port: int = 25
    state: ConnectState = "skipped"
    reason: str = ""
    code: int = 0
    greeting: str = ""
    greeting_name: str = ""
    ehlo_name: str = ""
    extensions: tuple[str, ...] = ()
    starttls: bool | None = None
    starttls_problem: str = ""
    tls: TlsFacts | None = None
    names_match: bool | None = None
    versions: tuple[TlsVersionFacts, ...] = ()
    relay: RelayResult = "untested"
    relay_reply: str = ""
    elapsed_ms: float = 0.0

    @property
    def place(self) -> str:
        """Host and address, for a sentence."""
        return f"{self.host} ({self.address})"


class TransportFacts(Struct, frozen=True):
    """The connections to a domain's mail hosts.

    ``connected`` is False if none was to be made; ``reason`` says why. ``left_out`` names the hosts beyond
    the limit on hosts tried.
    """

    connected: bool = False
    reason: str = ""
    connections: tuple[MxConnectionFacts, ...] = ()
    left_out: tuple[str, ...] = ()

    @property
    def answered(self) -> tuple[MxConnectionFacts, ...]:
        """The addresses that accepted the TCP connection."""
        return tuple(each for each in self.connections if each.state in ("answered", "silent", "protocol"))
