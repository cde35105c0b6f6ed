"""Which versions of TLS a mail host offers, tried one by one."""

from __future__ import annotations

import asyncio
import ssl

from mailproof.facts.transport_options import TransportOptions
from mailproof.facts.transport_smtp import Line, call
from mailproof.mail.connect import Trouble
from mailproof.mail.smtp_reply import ReplyError
from mailproof.mail.tls import sni_of
from mailproof.mail.wire import ConnectionEnded
from mailproof.model import TlsVersionFacts
from mailproof.tls_context import client_context, set_versions

VERSIONS = ("TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3")
#: OpenSSL's errors if the peer chose or required another version.
_OTHER_VERSION = ("UNSUPPORTED_PROTOCOL", "WRONG_SSL_VERSION", "WRONG_VERSION_NUMBER", "UNEXPECTED_EOF")


def inferred(version: str, agreed: str) -> bool | None:
    """What the version negotiated with a client that offers all implies for another; None: nothing."""
    if agreed not in VERSIONS:
        return None
    if version == agreed:
        return True
    return False if VERSIONS.index(version) > VERSIONS.index(agreed) else None


async def offers_version(host: str, address: str, version: str, options: TransportOptions) -> TlsVersionFacts:
    """Whether the host offers ``version``."""
    context = _context(version)
    if context is None:
        return TlsVersionFacts(version, None, "this machine's OpenSSL does not speak it")
    try:
        async with asyncio.timeout(options.connection_timeout):
            return await _try(host, address, version, context, options)
    except TimeoutError:
        return TlsVersionFacts(version, None, "no answer in time")


async def _try(
    host: str, address: str, version: str, context: ssl.SSLContext, options: TransportOptions
) -> TlsVersionFacts:
    try:
        line = await call(address, options)
    except Trouble as trouble:
        return TlsVersionFacts(version, None, trouble.reason)
    try:
        refusal = await _reach_starttls(line)
        if refusal:
            return TlsVersionFacts(version, None, refusal)
        try:
            await line.wire.start_tls(context, sni_of(host), options.reply_timeout)
        except ssl.SSLError as error:
            return TlsVersionFacts(version, *_meaning_of(error.reason or str(error)))
        except ConnectionEnded:
            return TlsVersionFacts(version, False, "it closes the connection in the handshake")
        return TlsVersionFacts(version, True)
    finally:
        await line.wire.close()


async def _reach_starttls(line: Line) -> str:
    """Proceed to STARTTLS; return why that failed, or ""."""
    try:
        greeting = await line.greeting()
        if not greeting.positive:
            return f"it greeted this connection with {greeting.code}"
        await line.hello()
        reply = await line.ask("STARTTLS")
    except (ReplyError, ConnectionEnded) as error:
        return f"the connection was lost: {error}"
    return "" if reply.code == 220 and not line.wire.pending else f"STARTTLS is answered by {reply.code}"


def _meaning_of(reason: str) -> tuple[bool | None, str]:
    """What a failed handshake means: the peer's alert or choice is evidence, a limit on our side is not."""
    if "ALERT" in reason or reason.startswith(_OTHER_VERSION):
        return False, reason
    return None, f"the handshake failed here ({reason})"


def _context(version: str) -> ssl.SSLContext | None:
    name = version.replace(".", "_")
    if not getattr(ssl, f"HAS_{name}"):
        return None
    try:
        context = client_context(verify=False, legacy=True)
        set_versions(context, ssl.TLSVersion[name], ssl.TLSVersion[name])
    except (ssl.SSLError, ValueError):
        return None
    return context
