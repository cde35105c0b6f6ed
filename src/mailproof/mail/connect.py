"""Connect to a server: name resolution, TCP, TLS; every failure is described in words."""

from __future__ import annotations

import asyncio
import errno
import ipaddress
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Literal
from urllib.parse import urlsplit

from msgspec import Struct

from mailproof.mail import tls
from mailproof.mail.tls import TlsSettings
from mailproof.mail.wire import ConnectionEnded, Wire
from mailproof.model import TlsFacts
from mailproof.model.delivery import TroubleKind
from mailproof.printable import host_port
from mailproof.records.refusal import refusal
from mailproof.structs import replace
from mailproof.tls_context import client_context

#: From a host name to its addresses. Raises OSError (socket.gaierror) if there are none.
Resolve = Callable[[str], Awaitable[Sequence[str]]]
#: errno values that mean a name has no address; None if we raised the error ourselves.
_NO_ADDRESS = (None, socket.EAI_NONAME, getattr(socket, "EAI_NODATA", None))

MAX_ADDRESSES = 8
LOOK_S = 8.0
CLOUD_BLOCK = (
    "Many clouds and access providers block outgoing port 25, and some 465 or 587: a block shows as silence, "
    "a closed port as a refusal."
)


class Trouble(Exception):
    """A server could not be connected to or spoken with. ``tls`` is what was learnt about its TLS."""

    stage: Literal["connect", "tls"] = "connect"

    def __init__(self, kind: TroubleKind, reason: str, tls: TlsFacts | None = None) -> None:
        self.kind, self.reason, self.tls = kind, reason, tls
        super().__init__(reason)


async def system_resolve(host: str) -> Sequence[str]:
    """The operating system's resolver, in its own order of preference; an address is itself."""
    try:
        return (str(ipaddress.ip_address(host)),)
    except ValueError:
        pass
    loop = asyncio.get_running_loop()
    infos = await loop.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys(str(info[4][0]) for info in infos))


def public_only(
    resolve: Resolve | None = None, allowed: tuple[str, ...] = (), *, setting: str = "'url'"
) -> Resolve:
    """Resolve to public addresses only, and those of the allowed networks.

    A host named by someone else must not lead into a private network. ``setting`` is the option for private
    servers, for the message.
    """
    asked = resolve or system_resolve

    async def public(host: str) -> Sequence[str]:
        found = tuple(await asked(host))
        usable = tuple(address for address in found if not refusal(address, allowed))
        if found and not usable:
            why = ", ".join(f"{address}: {refusal(address, allowed)}" for address in found[:4])
            raise OSError(
                f"it has no address on the public Internet ({why}); for a server of your own set {setting}"
            )
        return usable

    return public


async def open_wire(
    host: str, port: int, *, timeout: float, resolve: Resolve | None = None, source_address: str = ""
) -> tuple[Wire, str]:
    """Connect to the first address that responds; return connection and address. Raises Trouble."""
    addresses = await addresses_of(host, timeout, resolve or system_resolve)
    failures: list[tuple[TroubleKind, str]] = []
    share = max(timeout / len(addresses), min(timeout, 5.0))
    for address in addresses:
        try:
            async with asyncio.timeout(share):
                local = (source_address, 0) if source_address else None
                reader, writer = await asyncio.open_connection(address, port, local_addr=local)
            return Wire(reader, writer), address
        except OSError as error:  # includes TimeoutError
            failures.append(_connect_failure(error, address, port, share))
    kind, reason = failures[0]
    others = "; ".join(words for _, words in failures[1:])
    raise Trouble(kind, f"{reason}; {others}" if others else reason)


async def addresses_of(host: str, timeout: float, resolve: Resolve) -> Sequence[str]:
    """The addresses of a host, at most MAX_ADDRESSES. Raises Trouble.

    ``resolve`` gets addresses, too: it may refuse them.
    """
    try:
        async with asyncio.timeout(timeout):
            found = tuple(await resolve(host.strip("[]")))[:MAX_ADDRESSES]
    except TimeoutError:
        raise Trouble("unresolved", f"{host} could not be resolved within {timeout:g} s") from None
    except (OSError, UnicodeError) as error:
        words = getattr(error, "strerror", None) or str(error)
        kind: TroubleKind = "no-address" if getattr(error, "errno", None) in _NO_ADDRESS else "unresolved"
        raise Trouble(kind, f"{host} could not be resolved: {words}") from None
    if not found:
        raise Trouble("no-address", f"{host} has no address")
    return found


def _connect_failure(error: OSError, address: str, port: int, seconds: float) -> tuple[TroubleKind, str]:
    place = host_port(address, port)
    if isinstance(error, TimeoutError) or error.errno == errno.ETIMEDOUT:
        return "timeout", f"no answer from {place} within {seconds:g} s"
    if isinstance(error, ConnectionRefusedError):
        return "refused", f"{place} refuses connections: nothing listens there, or a firewall rejects it"
    words = error.strerror or str(error)
    if error.errno in (errno.EADDRNOTAVAIL, errno.EINVAL):
        words += " (the source address is not one of this machine's, or of the other family)"
    return "unreachable", f"{place} cannot be reached: {words}"


async def secure(wire: Wire, settings: TlsSettings, *, timeout: float, now: datetime) -> TlsFacts:
    """Start TLS on ``wire`` and return what was negotiated. Raises Trouble.

    If the certificate is refused, the chain is not yet in ``Trouble.tls``: see ``look``.
    """
    try:
        context = client_context(settings.ca_file, verify=settings.verify, legacy=settings.legacy)
    except (OSError, ssl.SSLError) as error:
        reason = f"the CA file {settings.ca_file} cannot be used: {getattr(error, 'strerror', '') or error}"
        raise Trouble("tls", reason) from None
    try:
        await wire.start_tls(context, tls.sni_of(settings.server_name), timeout)
    except ssl.SSLCertVerificationError as error:
        problem = tls.classify(error, settings.server_name)
        facts = TlsFacts(verified=False, problem=problem.text, problem_code=problem.code)
        raise Trouble("certificate", problem.text, facts) from None
    except ssl.SSLError as error:
        kind: TroubleKind = "wrong-mode" if tls.is_no_tls(wire.first_bytes) else "tls"
        raise Trouble(kind, tls.handshake_words(error, wire.first_bytes)) from None
    except ConnectionEnded as error:
        raise Trouble("tls", f"the connection ended during the TLS handshake ({error})") from None
    except TimeoutError:
        raise Trouble("timeout", f"no TLS handshake within {timeout:g} s") from None
    assert wire.tls is not None
    return tls.facts_of(wire.tls, settings, now)


async def open_secure(
    host: str,
    port: int,
    settings: TlsSettings,
    *,
    timeout: float,
    now: datetime,
    resolve: Resolve | None = None,
) -> tuple[Wire, TlsFacts]:
    """Connect with implicit TLS. Raises Trouble; for a refused certificate it includes the chain."""
    wire, address = await open_wire(host, port, timeout=timeout, resolve=resolve)
    return wire, await secure_at(address, port, wire, settings, timeout=timeout, now=now)


async def secure_at(
    address: str, port: int, wire: Wire, settings: TlsSettings, *, timeout: float, now: datetime
) -> TlsFacts:
    """Start TLS on a connection to a port with implicit TLS; on failure, close it.

    Raises Trouble; for a refused certificate it includes the chain.
    """
    try:
        return await secure(wire, settings, timeout=timeout, now=now)
    except Trouble as trouble:
        await wire.close()
        trouble.stage = "tls"
        if trouble.kind == "certificate" and trouble.tls is not None:
            seen = await look(address, port, settings, timeout=timeout, now=now)
            trouble.tls = as_refused(seen, trouble.tls)
        raise
    except BaseException:  # cancelled during the handshake
        wire.abort()
        raise


class Target(Struct, frozen=True):
    """The server that a URL names, and the HTTP request's Host (``named``) and path."""

    host: str
    port: int
    encrypted: bool
    named: str
    path: str


def target_of(url: str) -> Target:
    """Raises ValueError if the URL cannot be parsed."""
    parts = urlsplit(url)
    encrypted = parts.scheme.lower() == "https"
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    port = parts.port or (443 if encrypted else 80)
    return Target(parts.hostname or "", port, encrypted, parts.netloc, path)


@asynccontextmanager
async def connected(
    target: Target, settings: TlsSettings, *, timeout: float, resolve: Resolve | None = None
) -> AsyncIterator[tuple[Wire, TlsFacts | None]]:
    """Connect to a URL's server, and abort the connection at the end. Raises Trouble."""
    host, port = target.host, target.port
    facts: TlsFacts | None = None
    if target.encrypted:
        now = datetime.now(UTC)
        wire, facts = await open_secure(host, port, settings, timeout=timeout, now=now, resolve=resolve)
    else:
        wire, _ = await open_wire(host, port, timeout=timeout, resolve=resolve)
    try:
        yield wire, facts
    finally:
        wire.abort()


async def look(
    address: str,
    port: int,
    settings: TlsSettings,
    *,
    timeout: float,
    now: datetime,
    before: Callable[[Wire, float], Awaitable[bool]] | None = None,
    source_address: str = "",
) -> TlsFacts | None:
    """Examine a server's TLS on a second connection that verifies nothing and sends no data of ours.

    ``before`` takes the connection to the point where TLS starts. None if that, or the handshake, fails.
    """
    limit = min(timeout, LOOK_S)
    wire: Wire | None = None
    try:
        wire, _ = await open_wire(address, port, timeout=limit, source_address=source_address)
        if before is not None and not await before(wire, limit):
            return None
        unverified = replace(settings, verify=False, ca_file=None)
        seen = await secure(wire, unverified, timeout=limit, now=now)
        return replace(seen, verification_off=False)  # not the user's choice: we only look
    except Trouble:
        return None
    finally:
        if wire is not None:
            await wire.close()


def as_refused(seen: TlsFacts | None, refused: TlsFacts) -> TlsFacts:
    """The facts seen on a second connection, for a server whose certificate was refused."""
    return replace(
        seen or TlsFacts(), verified=False, problem=refused.problem, problem_code=refused.problem_code
    )
