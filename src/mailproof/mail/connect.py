"""Reaching a server: names to addresses, a TCP connection, TLS; every trouble in words."""

from __future__ import annotations

import asyncio
import errno
import socket
from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, Literal

from mailproof.mail.wire import ConnectionEnded, Wire
from mailproof.model import TlsFacts

if TYPE_CHECKING:
    import ssl
    from datetime import datetime

    from mailproof.mail.tls_settings import TlsSettings

#: From a host name to its addresses. Raises OSError (socket.gaierror) where there are none.
Resolve = Callable[[str], Awaitable[Sequence[str]]]
#: ``wrong-mode``: what came in a handshake is no TLS.
TroubleKind = Literal[
    "timeout", "refused", "unreachable", "unresolved", "protocol", "certificate", "tls", "wrong-mode"
]

MAX_ADDRESSES = 8
CLOUD_BLOCK = (
    "Many clouds and access providers block outgoing 25, and some 465 or 587: a block shows as silence, "
    "a closed port as a refusal."
)


class Trouble(Exception):
    """A server could not be reached or spoken to. ``tls`` is what was learnt of its TLS."""

    def __init__(self, kind: TroubleKind, reason: str, tls: TlsFacts | None = None) -> None:
        self.kind, self.reason, self.tls = kind, reason, tls
        super().__init__(reason)


async def system_resolve(host: str) -> Sequence[str]:
    """The operating system's resolver, in its own order of preference."""
    loop = asyncio.get_running_loop()
    infos = await loop.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys(str(info[4][0]) for info in infos))


async def open_wire(
    host: str, port: int, *, timeout: float, resolve: Resolve | None = None, source_address: str = ""
) -> tuple[Wire, str]:
    """Connect to the first address that answers. Gives the connection and the address. Raises Trouble."""
    reader, writer, address = await open_streams(
        host, port, timeout=timeout, resolve=resolve, source_address=source_address
    )
    return Wire(reader, writer), address


async def open_streams(
    host: str,
    port: int,
    *,
    timeout: float,
    resolve: Resolve | None = None,
    source_address: str = "",
    context: ssl.SSLContext | None = None,
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter, str]:
    """As ``open_wire``, but asyncio's streams, with TLS from the start where there is a ``context``.

    Raises Trouble, and ssl.SSLError where the handshake fails.
    """
    addresses = await _addresses(host, timeout, resolve or system_resolve)
    failures: list[tuple[TroubleKind, str]] = []
    share = max(timeout / len(addresses), min(timeout, 5.0))
    for address in addresses:
        try:
            async with asyncio.timeout(share):
                local = (source_address, 0) if source_address else None
                name = host if context is not None else None
                reader, writer = await asyncio.open_connection(
                    address, port, local_addr=local, ssl=context, server_hostname=name
                )
            return reader, writer, address
        except OSError as error:  # TimeoutError is one, and ssl.SSLError
            if context is not None:
                import ssl

                if isinstance(error, ssl.SSLError):
                    raise
            failures.append(_connect_failure(error, address, port, share))
    kind, reason = failures[0]
    others = "; ".join(words for _, words in failures[1:])
    raise Trouble(kind, f"{reason}; {others}" if others else reason)


async def _addresses(host: str, timeout: float, resolve: Resolve) -> Sequence[str]:
    import ipaddress

    try:
        return (str(ipaddress.ip_address(host.strip("[]"))),)
    except ValueError:
        pass
    try:
        async with asyncio.timeout(timeout):
            found = tuple(await resolve(host))[:MAX_ADDRESSES]
    except TimeoutError:
        raise Trouble("unresolved", f"{host} could not be resolved within {timeout:g} s") from None
    except (OSError, UnicodeError) as error:
        words = getattr(error, "strerror", None) or str(error)
        raise Trouble("unresolved", f"{host} could not be resolved: {words}") from None
    if not found:
        raise Trouble("unresolved", f"{host} has no address")
    return found


def _connect_failure(error: OSError, address: str, port: int, seconds: float) -> tuple[TroubleKind, str]:
    place = f"[{address}]:{port}" if ":" in address else f"{address}:{port}"
    if isinstance(error, TimeoutError) or error.errno == errno.ETIMEDOUT:
        return "timeout", f"no answer from {place} within {seconds:g} s"
    if isinstance(error, ConnectionRefusedError):
        return "refused", f"{place} refuses connections: nothing listens there, or a firewall says no"
    words = error.strerror or str(error)
    if error.errno in (errno.EADDRNOTAVAIL, errno.EINVAL):
        words += " (the source address is not one of this machine's, or of the other family)"
    return "unreachable", f"{place} cannot be reached: {words}"


async def secure(wire: Wire, settings: TlsSettings, *, timeout: float, now: datetime) -> TlsFacts:
    """Turn ``wire`` to TLS and tell what was agreed. Raises Trouble (by its kind: what went wrong).

    Where the certificate is refused, the chain is not in ``Trouble.tls`` yet: see ``mail.tls.chain_of``.
    """
    import ssl

    from mailproof.mail import tls
    from mailproof.tls_context import client_context

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
