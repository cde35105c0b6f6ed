"""Submission: attempts until the server takes the message, refuses it, or the time for retries is over."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from mailproof.config.settings import SubmitSettings
from mailproof.errors import UsageError
from mailproof.mail.connect import Resolve
from mailproof.mail.login import Progress, login_of
from mailproof.mail.sasl import Login
from mailproof.mail.smtp_attempt import Attempt, is_temporary
from mailproof.mail.smtp_dialogue import Dialogue
from mailproof.mail.smtp_envelope import outgoing
from mailproof.model import SmtpStage, SubmissionFacts

MAX_ATTEMPTS = 50
LONGEST_PAUSE_S = 60.0


async def submit(
    settings: SubmitSettings,
    message: bytes,
    mail_from: str,
    recipients: Sequence[str],
    *,
    resolve: Resolve | None = None,
    progress: Progress | None = None,
    now: datetime | None = None,
    login: Login | None = None,
    interrupted: Callable[[SubmissionFacts], None] | None = None,
) -> SubmissionFacts:
    """Hand ``message`` to the server. What servers do is told in the facts and never raised.

    Raises CredentialError and UsageError, before anything is connected to. ``now`` is what certificates are
    judged by; ``login`` spares fetching the credentials here; ``interrupted`` is given what is known so far
    when the task is cancelled.
    """
    prepared = outgoing(message, mail_from, recipients)
    name = settings.ehlo_name
    if name and not (name.isascii() and name.isprintable() and " " not in name):
        raise UsageError(f"{name!r} cannot be an EHLO name: give a host name or an address literal")
    login = login or await login_of(settings)
    dialogue = Dialogue()
    deferrals: list[SmtpStage] = []
    started = time.monotonic()
    pause, waited, number = settings.retry_interval, 0.0, 1
    while True:
        attempt = Attempt(settings, login, dialogue, resolve=resolve, now=now or datetime.now(UTC))
        try:
            await attempt.run(prepared)
        except asyncio.CancelledError:
            if interrupted is not None:
                interrupted(_facts(attempt, number, deferrals, waited))
            raise
        failure = attempt.failure
        left = settings.retry_for - (time.monotonic() - started)
        if failure is None or not is_temporary(attempt.stages) or left < pause or number >= MAX_ATTEMPTS:
            return _facts(attempt, number, deferrals, waited)
        deferrals.append(failure)
        said = f"{failure.code} {failure.enhanced} {failure.text}"[:200]
        dialogue.note(f"attempt {number} was deferred ({failure.stage}); again in {pause:g} s")
        if progress is not None:
            progress(f"deferred by the server ({said}): trying again in {pause:g} s", left)
        try:
            await asyncio.sleep(pause)
        except asyncio.CancelledError:
            if interrupted is not None:
                interrupted(_facts(attempt, number, deferrals, waited))
            raise
        waited += pause
        number += 1
        pause = min(pause * 1.5, max(LONGEST_PAUSE_S, settings.retry_interval))


def _facts(attempt: Attempt, number: int, deferrals: Sequence[SmtpStage], waited: float) -> SubmissionFacts:
    settings = attempt.settings
    security = settings.effective_security
    if settings.opportunistic and attempt.tls is not None:
        security = "starttls"
    return SubmissionFacts(
        host=settings.host,
        port=settings.effective_port,
        security=security,
        address=attempt.address,
        accepted=attempt.accepted,
        stages=tuple(attempt.stages),
        greeting=attempt.greeting,
        ehlo_name=attempt.ehlo_name,
        extensions=attempt.extensions,
        auth_mechanism=attempt.auth_mechanism,
        tls=attempt.tls,
        queue_id=attempt.queue_id,
        dialogue=attempt.dialogue.lines,
        attempts=number,
        deferrals=tuple(deferrals),
        waited_s=round(waited, 3),
        auth_offered=attempt.auth_offered,
        authenticated=attempt.authenticated,
    )
