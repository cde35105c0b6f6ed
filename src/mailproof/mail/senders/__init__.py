"""How a message is handed over: one kind of sender a file, all with one protocol."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from mailproof.config.settings import SubmitSettings
from mailproof.credentials import Credential, Secret, resolve_secret
from mailproof.errors import CredentialError
from mailproof.mail.login import Means, login_of
from mailproof.model import Submission

if TYPE_CHECKING:
    from mailproof.mail.senders.api import Keys


class Sender(Protocol):
    """One hand-over of one message. What the server does is in ``facts`` and never raised."""

    @property
    def place(self) -> str:
        """Where it goes, in words."""

    @property
    def rewrites(self) -> tuple[str, ...]:
        """What it always changes in a message on the way (see ``api.Rewrite``)."""

    @property
    def facts(self) -> Submission | None:
        """What is known so far, at any time, after a cancellation too; None before anything was done."""

    async def send(self, message: bytes, mail_from: str, recipients: Sequence[str]) -> Submission:
        """Hand ``message`` over, again where the server asks for that.

        Raises UsageError, before anything is connected to, for what cannot be handed over.
        """

    async def dry_run(self, message: bytes, mail_from: str, recipients: Sequence[str]) -> Submission:
        """Have all checked that can be without sending. Raises UsageError where there is no way to."""

    async def check(self) -> Submission:
        """Do all but send: up to signing in."""


async def sender_for(settings: SubmitSettings, means: Means | None = None) -> Sender:
    """The sender that the settings name, its credentials fetched; nothing is connected to.

    Raises CredentialError, and UsageError for settings that cannot be used.
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
    """The secrets of an API. Raises CredentialError."""
    from mailproof.mail.senders.api import Keys

    found: list[Secret | None] = []
    for name in ("key", "token", "refresh_token"):
        source: Credential | None = getattr(settings, name)
        secret = await resolve_secret(source, settings.key_id) if source is not None else None
        if secret is not None and not (secret.reveal().isascii() and secret.reveal().isprintable()):
            raise CredentialError(f"'{name}' has a character that no key has (not ASCII, or a control one)")
        found.append(secret)
    return Keys(*found)


async def check_submission(settings: SubmitSettings) -> str:
    """What prevents sending, in a sentence; nothing where it works. Raises as ``sender_for``."""
    facts = await (await sender_for(settings)).check()
    failure = facts.failure
    return f"{failure.stage}: {failure.words}" if failure is not None else ""
