"""Fetch the credentials for a profile's server, and report progress while waiting."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from msgspec import Struct, field

from mailproof.config.settings import RetrieveSettings, SubmitSettings
from mailproof.credentials import Credential, Secret, resolve_secret
from mailproof.errors import CredentialError
from mailproof.mail.connect import Resolve
from mailproof.mail.sasl import Login
from mailproof.redaction import hide

#: Called with a description of the event, and the seconds left to wait.
Progress = Callable[[str, float], None]


class Means(Struct, frozen=True):
    """How to resolve hosts, where to show progress, and the time for which to verify certificates."""

    resolve: Resolve | None = None
    progress: Progress | None = None
    now: datetime = field(default_factory=lambda: datetime.now(UTC))

    def show(self, event: str, seconds: float) -> None:
        """Report progress, with secrets hidden, if a callback is set."""
        if self.progress is not None:
            self.progress(hide(event), seconds)


async def _api_login(settings: RetrieveSettings) -> Login:
    async def fetched(source: Credential | None) -> Secret | None:
        return await resolve_secret(source, settings.username) if source is not None else None

    token = await fetched(settings.token)
    if token is not None and not (token.reveal().isascii() and token.reveal().isprintable()):
        raise CredentialError("a token contains a character that is not allowed in a header field")
    return Login(
        settings.username,
        password=await fetched(settings.key),
        token=token,
        refresh_token=await fetched(settings.refresh_token),
    )


async def login_of(settings: SubmitSettings | RetrieveSettings) -> Login | None:
    """The login with its secret fetched; None if none is configured. Raises CredentialError."""
    if isinstance(settings, RetrieveSettings) and settings.is_api:
        return await _api_login(settings)
    source = settings.password or settings.token
    if source is None:
        return None
    secret = await resolve_secret(source, settings.username)
    for text in (settings.username, secret.reveal()):
        if any(c in text for c in "\r\n\0\x01"):  # it would end a command early, and start another
            raise CredentialError("a user name or password contains a control character")
    return Login(
        settings.username,
        password=secret if settings.password else None,
        token=secret if settings.token and not settings.password else None,
        host=settings.host,
        port=settings.effective_port,
    )
