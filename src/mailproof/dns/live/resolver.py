"""The resolver that queries real name servers."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Self

from mailproof.dns.answer import Answer, Flying, Key
from mailproof.dns.live.channel import Options
from mailproof.dns.live.errand import Lane
from mailproof.dns.live.nameserver import parse_nameserver
from mailproof.dns.live.packet import encode_name
from mailproof.dns.live.question import Question
from mailproof.dns.live.servers import Limits, Servers
from mailproof.dns.live.system import system_config
from mailproof.dns.records import record_type
from mailproof.dns.text import normalize
from mailproof.errors import UsageError

if TYPE_CHECKING:
    import ssl

    from mailproof.dns.anchors import TrustAnchors


class LiveResolver:
    """Queries recursive resolvers over UDP (TCP if truncated), TCP, TLS or HTTPS.

    ``nameservers``: ``addr``, ``addr:port``, ``[v6]:port``, ``tcp://addr[:port]``, ``tls://host[:port][#name]``
    or ``https://host/dns-query``, queried in this order; None: those of the system's resolv.conf, never a
    public one (UsageError if it names none). ``timeout``: seconds to wait for one server; ``attempts``:
    rounds over the servers that did not answer; ``lifetime``: seconds that one query waits for servers in
    total. The number of queries in flight to a server adapts to what it answers (``dns.live.window``), up to
    ``concurrency``; time in the queue does not count. ``payload``: the EDNS buffer size, 0 for no EDNS.
    ``mix_case``: 0x20. ``ca_file``: the CA certificates (PEM) for TLS and HTTPS instead of the system's.

    ``Answer.secure`` is what the resolvers say (the AD bit); with ``validate`` answers are validated locally
    from ``trust_anchors`` (default: the root's keys).

    Names that cannot exist in the DNS (an empty label, one of more than 63 octets, more than 255 in all) are
    not queried: their status is ``nxdomain``, with the reason. A resolver can be used in several event loops,
    one after another; sockets are closed when the loop ends, or by ``aclose``.
    """

    taskless = True

    def __init__(
        self,
        nameservers: Sequence[str] | None = None,
        timeout: float | None = None,
        *,
        attempts: int | None = None,
        lifetime: float | None = None,
        concurrency: int = 1000,
        payload: int = 1232,
        mix_case: bool = False,
        ca_file: str | None = None,
        validate: bool = False,
        trust_anchors: TrustAnchors | None = None,
    ) -> None:
        if sys.platform == "win32":
            raise UsageError(
                "live DNS needs Linux, macOS or another Unix (on Windows: WSL), whose event loop can watch a"
                " socket; zone files with --offline work anywhere"
            )
        if isinstance(nameservers, str):
            nameservers = (nameservers,)
        if nameservers is None:
            system = system_config()
            nameservers = system.nameservers
            timeout = system.timeout if timeout is None else timeout
            attempts = system.attempts if attempts is None else attempts
        if not nameservers:
            raise UsageError("no name server is given")
        self.timeout = 2.0 if timeout is None else timeout
        self.attempts = 2 if attempts is None else attempts
        self.lifetime = self.timeout * (self.attempts + 1) if lifetime is None else lifetime
        if not (self.timeout > 0 and self.lifetime > 0 and 0 < self.attempts <= 10 and concurrency > 0):
            raise UsageError(
                "timeout, lifetime, attempts (up to 10) and concurrency must be greater than zero"
            )
        if payload and not 512 <= payload <= 4096:
            raise UsageError("the EDNS payload must be 0 (no EDNS) or from 512 to 4096")
        servers = [parse_nameserver(text) for text in nameservers]
        encrypted = any(server.transport in ("tls", "https") for server in servers)
        options = Options(payload, mix_case, _tls_context(ca_file) if encrypted else None)
        limits = Limits(self.timeout, self.attempts, self.lifetime, concurrency)
        self._servers = Servers(servers, options, limits)
        if validate:
            from mailproof.dns.live.validation import validator_for

            self._servers.validator = validator_for(self._servers.fetch, trust_anchors)

    async def query(self, name: str, rrtype: str) -> Answer:
        """See Resolver. An ``rrtype`` that cannot be queried gives ``servfail`` with the reason."""
        return await _of(self.begin((normalize(name), rrtype.upper())))

    async def guess(self, name: str, rrtype: str) -> Answer:
        """See GuessingResolver."""
        return await _of(self.begin((normalize(name), rrtype.upper()), guess=True))

    def begin(self, key: Key, *, guess: bool = False) -> Answer | Flying:
        """See Resolver."""
        name, kind = key
        rdtype = record_type(kind)
        if rdtype is None:
            reason = f"{kind[:20]!a} is not a record type that can be asked for"
            return Answer(name, kind, "servfail", reason=reason)
        wire = encode_name(name)
        if wire is None:
            reason = "not a name that can exist in the DNS (an empty or too long label, or too long)"
            return Answer(name, kind, "nxdomain", reason=reason)
        return Question(self._servers, key, wire, rdtype, Lane.GUESS if guess else Lane.RECORD)

    async def aclose(self) -> None:
        """Close all sockets. The resolver can be used again: it opens new ones."""
        await self._servers.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()


async def _of(found: Answer | Flying) -> Answer:
    return found if isinstance(found, Answer) else await found


def _tls_context(ca_file: str | None) -> ssl.SSLContext:
    """A context that verifies certificates and names, against ``ca_file`` or the system's CA certificates."""
    from mailproof.tls_context import client_context

    try:
        return client_context(ca_file)
    except OSError as error:  # SSLError too: not PEM
        raise UsageError(f"CA file {ca_file}: {error.strerror or error}") from error
