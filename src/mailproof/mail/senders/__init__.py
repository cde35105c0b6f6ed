"""Senders, which submit a message: one module per kind, all with the same protocol."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from mailproof.config.settings import SubmitSettings
from mailproof.credentials import Credential, Secret, resolve_secret
from mailproof.errors import CredentialError
from mailproof.mail.login import Means, login_of
from mailproof.mail.senders.api import Keys
from mailproof.model import Submission


class Sender(Protocol):
    """Submits one message. What the server does is recorded in ``facts`` and never raised."""

    @property
    def place(self) -> str:
        """The destination, as shown to users."""

    @property
    def rewrites(self) -> tuple[str, ...]:
        """The changes it always makes to a message (see ``api.Rewrite``)."""

    @property
    def facts(self) -> Submission | None:
        """The facts so far, even after a cancellation; None before anything was done."""

    async def send(self, message: bytes, mail_from: str, recipients: Sequence[str]) -> Submission:
        """Submit ``message``, retrying if the server asks for that.

        Raises UsageError, before connecting, for a message that cannot be submitted.
        """

    async def dry_run(self, message: bytes, mail_from: str, recipients: Sequence[str]) -> Submission:
        """Check everything possible without sending. Raises UsageError if the sender has no dry run."""

    async def check(self) -> Submission:
        """Do everything short of sending, up to signing in."""


async def sender_for(settings: SubmitSettings, means: Means | None = None) -> Sender:
    """The configured sender with its credentials fetched; does not connect.

    Raises CredentialError, and UsageError for unusable settings.
    """
    means = means or Means()
    if settings.kind == "smtp":
        from mailproof.mail.senders.smtp import SmtpSender

        return SmtpSender(settings, await login_of(settings), means)
    if settings.kind in ("sendmail", "command"):
        from mailproof.mail.senders.program import ProgramSender

        return ProgramSender(settings)
    from mailproof.mail.senders.catalogue import api_of
    from mailproof.mail.senders.http_sender import HttpSender

    api = api_of(settings.kind)(settings, await _keys(settings))
    return HttpSender(settings, api, means)


async def _keys(settings: SubmitSettings) -> Keys:
    """Fetch the secrets of an API. Raises CredentialError."""
    found: list[Secret | None] = []
    for name in ("key", "token", "refresh_token"):
        source: Credential | None = getattr(settings, name)
        secret = await resolve_secret(source, settings.key_id) if source is not None else None
        if secret is not None and not (secret.reveal().isascii() and secret.reveal().isprintable()):
            raise CredentialError(f"'{name}' has a character that no key has (not ASCII, or a control one)")
        found.append(secret)
    return Keys(*found)


async def check_submission(settings: SubmitSettings) -> str:
    """Test sending: a sentence on why it fails, or "". Raises as ``sender_for``."""
    facts = await (await sender_for(settings)).check()
    failure = facts.failure
    return f"{failure.stage}: {failure.words}" if failure is not None else ""
