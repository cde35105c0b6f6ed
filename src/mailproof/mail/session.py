"""The opening of a connection to a mailbox server, the same for IMAP and POP3."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime

from mailproof.config.settings import RetrieveSettings
from mailproof.mail.connect import Resolve, Trouble, open_wire, secure
from mailproof.mail.mailbox import MailboxError
from mailproof.mail.tls_settings import TlsSettings
from mailproof.mail.wire import Wire
from mailproof.model import TlsFacts


async def connect_mailbox(
    settings: RetrieveSettings, resolve: Resolve | None, *, now: datetime
) -> tuple[Wire, TlsFacts | None, Callable[[], Awaitable[TlsFacts]]]:
    """Connect, with TLS where it is implicit. The third is what turns the wire to TLS after STARTTLS.

    Raises MailboxError; a refused certificate comes with the chain that was shown, where it is implicit TLS.
    """
    port, timeout = settings.effective_port, settings.timeout
    try:
        wire, address = await open_wire(settings.host, port, timeout=timeout, resolve=resolve)
    except Trouble as trouble:
        raise MailboxError("connect", trouble.reason) from None

    async def encrypt() -> TlsFacts:
        rules = TlsSettings(settings.host, settings.ca_file, settings.verification == "on")
        try:
            return await secure(wire, rules, timeout=timeout, now=now)
        except Trouble as trouble:
            await wire.close()
            tls = trouble.tls
            if trouble.kind == "certificate" and tls is not None and settings.effective_security == "tls":
                tls = await _with_chain(tls, address, settings, now)
            raise MailboxError("tls", trouble.reason, tls) from None

    if settings.effective_security == "tls":
        return wire, await encrypt(), encrypt
    return wire, None, encrypt


async def _with_chain(tls: TlsFacts, address: str, settings: RetrieveSettings, now: datetime) -> TlsFacts:
    """The chain, from a second connection that verifies nothing and says nothing."""
    limit = min(settings.timeout, 8.0)
    try:
        wire, _ = await open_wire(address, settings.effective_port, timeout=limit)
    except Trouble:
        return tls
    try:
        seen = await secure(wire, TlsSettings(settings.host, verify=False), timeout=limit, now=now)
    except Trouble:
        return tls
    finally:
        await wire.close()
    return replace(tls, version=seen.version, cipher=seen.cipher, bits=seen.bits, chain=seen.chain)


def demand_encryption(settings: RetrieveSettings, wire: Wire) -> None:
    """No password over plain text, unless the user said so."""
    if not wire.encrypted and not settings.allow_plaintext_auth:
        raise MailboxError(
            "login",
            "the connection is not encrypted, so that the credentials were not sent "
            "(allow_plaintext_auth = true would send them)",
        )
