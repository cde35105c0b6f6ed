"""Tries the servers of a profile without sending anything: for ``mailproof init``."""

from __future__ import annotations

from datetime import UTC, datetime

from mailproof.config.settings import RetrieveSettings, SubmitSettings
from mailproof.mail.connect import Resolve
from mailproof.mail.login import login_of
from mailproof.mail.mailbox import MailboxError
from mailproof.mail.retrieve import mailbox_for
from mailproof.mail.smtp_attempt import Attempt
from mailproof.mail.smtp_dialogue import Dialogue


async def check_submission(settings: SubmitSettings, *, resolve: Resolve | None = None) -> str:
    """Connect, secure and log in; "" where that works, else what went wrong. Raises CredentialError."""
    login = await login_of(settings)
    attempt = Attempt(settings, login, Dialogue(), resolve=resolve, now=datetime.now(UTC))
    await attempt.run(None)
    failed = next((stage for stage in attempt.stages if not stage.ok and stage.stage != "quit"), None)
    if failed is None:
        return ""
    words = " ".join(part for part in (str(failed.code or ""), failed.enhanced, failed.text) if part)
    return f"{failed.stage}: {failed.reason or words}"


async def check_mailbox(settings: RetrieveSettings, *, resolve: Resolve | None = None) -> str:
    """Open the mailbox; "" where that works, else what went wrong. Raises CredentialError."""
    mailbox = mailbox_for(settings, await login_of(settings), resolve=resolve)
    try:
        await mailbox.open()
    except MailboxError as error:
        return str(error)
    finally:
        await mailbox.close()
    return ""
