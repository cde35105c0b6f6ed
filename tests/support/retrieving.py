"""Retrieves a probe from a test mailbox."""

from __future__ import annotations

from typing import Unpack

from mailproof.config import Credential, RetrieveSettings
from mailproof.mail.login import Progress, login_of
from mailproof.mail.mailboxes.catch import Catch
from mailproof.mail.retrieve import Watch
from mailproof.model import RetrievalFacts
from mailproof.structs import replace
from tests.support.settings import RetrieveChanges

TOKEN = "mp-0123456789abcdef0123"
PROBE = (
    f"Received: from a by b\r\nSubject: hello [{TOKEN}]\r\nMessage-ID: <{TOKEN}.1@acme.example>\r\n"
    "From: a@acme.example\r\n\r\nbody\r\n"
).encode()
OTHER = b"Subject: something else\r\nMessage-ID: <x@y>\r\n\r\nno\r\n"
BOUNCE = (
    "Return-Path: <>\r\nFrom: MAILER-DAEMON@mx.example\r\nSubject: Undelivered\r\n"
    'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
    "--b\r\nContent-Type: text/plain\r\n\r\nsorry\r\n"
    "--b\r\nContent-Type: message/delivery-status\r\n\r\n"
    "Reporting-MTA: dns; mx.example\r\n\r\n"
    "Final-Recipient: rfc822; b@receiver.example\r\nAction: failed\r\nStatus: 5.1.1\r\n"
    "Diagnostic-Code: smtp; 550 5.1.1 <b@receiver.example>: no such user\r\n\r\n"
    f"--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: <{TOKEN}.1@acme.example>\r\n--b--\r\n"
).encode()


def imap_settings(port: int, **more: Unpack[RetrieveChanges]) -> RetrieveSettings:
    base = RetrieveSettings(
        kind="imap",
        host="127.0.0.1",
        port=port,
        security="plain",
        username="user",
        password=Credential.of("pw"),
        allow_plaintext_auth=True,
        deadline=5.0,
        poll_interval=0.3,
        timeout=3.0,
    )
    return replace(base, **more)


async def retrieve(
    settings: RetrieveSettings,
    token: str,
    *,
    deadline: float | None = None,
    progress: Progress | None = None,
) -> tuple[RetrievalFacts, bytes | None]:
    """Open the mailbox, wait for the probe, and close it."""
    settings = settings if deadline is None else replace(settings, deadline=deadline)
    watch = Watch(settings, await login_of(settings), Catch(token))
    try:
        await watch.open()
        return await watch.wait(progress=progress)
    finally:
        await watch.close()
