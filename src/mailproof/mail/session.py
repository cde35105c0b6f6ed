"""A connection to a mailbox server: what is the same for IMAP and POP3."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime

from mailproof.config.settings import RetrieveSettings
from mailproof.mail.connect import Resolve, Trouble, open_secure, open_wire, secure
from mailproof.mail.mailbox import MailboxError
from mailproof.mail.tls import TlsSettings
from mailproof.mail.wire import ConnectionEnded, TooMuch, Wire
from mailproof.model import TlsFacts

MAX_LINE = 1024 * 1024


async def connect_mailbox(
    settings: RetrieveSettings, resolve: Resolve | None, *, now: datetime
) -> tuple[Wire, TlsFacts | None, Callable[[], Awaitable[TlsFacts]]]:
    """Connect, with TLS where it is implicit. The third is what turns the wire to TLS after STARTTLS.

    Raises MailboxError; a refused certificate comes with the chain that was shown, where it is implicit TLS.
    """
    host, port, timeout = settings.host, settings.effective_port, settings.timeout
    rules = TlsSettings(host, settings.ca_file, settings.verification == "on")
    tls: TlsFacts | None = None

    async def encrypt() -> TlsFacts:
        try:
            return await secure(wire, rules, timeout=timeout, now=now)
        except Trouble as trouble:
            await wire.close()
            raise MailboxError("tls", trouble.reason, trouble.tls) from None

    try:
        if settings.effective_security == "tls":
            wire, tls = await open_secure(host, port, rules, timeout=timeout, resolve=resolve, now=now)
        else:
            wire, _ = await open_wire(host, port, timeout=timeout, resolve=resolve)
    except Trouble as trouble:
        raise MailboxError(trouble.stage, trouble.reason, trouble.tls) from None
    return wire, tls, encrypt


def demand_encryption(settings: RetrieveSettings, wire: Wire) -> None:
    """No password over plain text, unless the user said so."""
    if not wire.encrypted and not settings.allow_plaintext_auth:
        raise MailboxError(
            "login",
            "the connection is not encrypted, so that the credentials were not sent "
            "(allow_plaintext_auth = true would send them)",
        )


def demand_silence(wire: Wire) -> None:
    """Nothing may stand between the answer to STARTTLS and TLS: it is not from the TLS peer."""
    if wire.pending:
        wire.discard_pending()
        raise MailboxError("tls", "the server sent more before TLS began: replies may be injected")


@contextmanager
def in_words(slow: str) -> Iterator[None]:
    """The troubles of reading and writing as MailboxError; TimeoutError passes where nothing is ``slow``."""
    try:
        yield
    except TooMuch as error:
        raise MailboxError("protocol", f"the mailbox server sent {error}") from None
    except ConnectionEnded as error:
        raise MailboxError("protocol", f"the mailbox server ended the connection ({error})") from None
    except TimeoutError:
        if not slow:
            raise
        raise MailboxError("protocol", f"the mailbox server {slow}") from None


async def leave(wire: Wire, farewell: bytes) -> None:
    """A polite end, at most a second long; raises nothing."""
    with suppress(ConnectionEnded, TooMuch, TimeoutError):
        await wire.write(farewell + b"\r\n", 0.5)
        await wire.read_line(MAX_LINE, 0.5)
