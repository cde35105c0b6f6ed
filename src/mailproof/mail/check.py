"""Trying a profile's servers: connect and log in, send nothing."""

from __future__ import annotations

from datetime import UTC, datetime

from mailproof.config.settings import RetrieveSettings, SubmitSettings
from mailproof.mail.connect import Resolve
from mailproof.mail.login import login_of
from mailproof.mail.retrieve import Watch
from mailproof.mail.smtp_attempt import Attempt
from mailproof.mail.smtp_dialogue import Dialogue


async def check_submission(settings: SubmitSettings, *, resolve: Resolve | None = None) -> str:
    """What stands against submitting, in a sentence; nothing where it works. Raises CredentialError."""
    login = await login_of(settings)
    attempt = Attempt(settings, login, Dialogue(), resolve=resolve, now=datetime.now(UTC))
    await attempt.run(None)
    failure = attempt.failure
    if failure is None:
        return ""
    said = f"{failure.code} {failure.enhanced} {failure.text}".replace("  ", " ") if failure.code else ""
    return f"{failure.stage}: {said or failure.reason}"


async def check_mailbox(settings: RetrieveSettings, *, resolve: Resolve | None = None) -> str:
    """What stands against fetching, in a sentence; nothing where it works. Raises CredentialError."""
    watch = Watch(settings, await login_of(settings), resolve=resolve)
    try:
        await watch.open()
        return watch.error.reason if watch.error is not None else ""
    finally:
        await watch.close()
