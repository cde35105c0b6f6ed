"""Submits a message the way a probe does."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mailproof.config import SubmitSettings
from mailproof.mail.login import Means
from mailproof.mail.senders import sender_for
from mailproof.model import SmtpSubmission


async def submit(
    settings: SubmitSettings, message: bytes, mail_from: str, recipients: Sequence[str], **more: Any
) -> SmtpSubmission:
    """Send with the sender for the settings, which must be SMTP."""
    sent = await (await sender_for(settings, Means(**more))).send(message, mail_from, recipients)
    assert isinstance(sent, SmtpSubmission)
    return sent
