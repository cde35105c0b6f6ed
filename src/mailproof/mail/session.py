"""Connect to a mailbox server: the parts shared by IMAP and POP3."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

from mailproof.config.settings import RetrieveSettings
from mailproof.mail import sasl
from mailproof.mail.connect import Resolve, Trouble, open_secure, open_wire, secure
from mailproof.mail.mailbox import Busy, MailboxError
from mailproof.mail.tls import TlsSettings
from mailproof.mail.wire import Wire
from mailproof.model import TlsFacts

#: A refusal that is not about the credentials (RFC 5530, RFC 2449 section 8, RFC 3206, RFC 1939 section 5).
_FOR_NOW = re.compile(
    r"\[(?:UNAVAILABLE|INUSE|LIMIT|SERVERBUG|IN-USE|LOGIN-DELAY|SYS/TEMP|SYS/PERM)\b"
    r"|\b(?:already|maildrop|mailbox|is) (?:locked|in use)\b",
    re.IGNORECASE,
)


class Refused(Exception):
    """The server refused a command (NO, BAD or -ERR), in these words."""


def sign_in_failed(refused: Refused) -> MailboxError:
    """The error for a refused sign-in, by the server's words."""
    words = str(refused)
    if _FOR_NOW.search(words):
        return Busy("protocol", f"the server temporarily refuses to sign in: {words}")
    return MailboxError("login", f"the server refuses the credentials: {words}")


async def connect_mailbox(
    settings: RetrieveSettings, resolve: Resolve | None, *, now: datetime
) -> tuple[Wire, TlsFacts | None, Callable[[], Awaitable[TlsFacts]]]:
    """Connect, with implicit TLS if configured. The third result starts TLS on the wire after STARTTLS.

    Raises MailboxError; with implicit TLS, a refused certificate includes its chain.
    """
    host, port, timeout = settings.host, settings.effective_port, settings.timeout
    rules = TlsSettings.of(settings, host)
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


def require_encryption(settings: RetrieveSettings, wire: Wire) -> None:
    """Raises MailboxError if a password would be sent in plain text, unless the user allowed it."""
    if not wire.encrypted and not settings.allow_plaintext_auth:
        raise MailboxError(
            "login",
            "the connection is not encrypted, so that the credentials were not sent "
            "(allow_plaintext_auth = true would send them)",
        )


def reject_pending(wire: Wire) -> None:
    """Raises MailboxError for data between the reply to STARTTLS and TLS: it is not from the TLS peer."""
    if wire.pending:
        wire.discard_pending()
        raise MailboxError("tls", "the server sent more before TLS began: replies may be injected")


@contextmanager
def signing_in(mechanism: sasl.Mechanism) -> Iterator[None]:
    """Turn failures of a mechanism into MailboxError."""
    try:
        yield
        mechanism.verify_success()
    except sasl.SaslError as error:
        raise MailboxError("login", f"{mechanism.name} failed: {error}") from None


async def answer_challenges(
    mechanism: sasl.Mechanism,
    hear: Callable[[], Awaitable[bytes | None]],
    say: Callable[[bytes], Awaitable[None]],
    first: bytes | None = None,
) -> None:
    """Respond until ``hear`` returns None. ``first`` is our first message, if it was not sent yet."""
    for _ in range(sasl.MAX_AUTH_STEPS):
        challenge = await hear()
        if challenge is None:
            return
        await say(sasl.answer(mechanism, challenge) if first is None else first)
        first = None
    raise sasl.SaslError("the server keeps asking")
