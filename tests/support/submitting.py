"""Submits a message to a test server, with default settings and changes to them."""

from __future__ import annotations

from typing import Unpack

from mailproof.config import Credential, SubmitSettings
from mailproof.config.settings import Mechanism
from mailproof.model import SmtpSubmission, SubmissionStage
from mailproof.structs import replace
from tests.support.sending import submit
from tests.support.settings import Login, SubmitChanges
from tests.support.tls import Authority

MESSAGE = b"From: a@acme.example\r\nSubject: x\r\n\r\n.dot first\r\nbody\r\n"
SECRET = "s3cret-Pa55"


def settings(port: int, authority: Authority | None = None, **more: Unpack[SubmitChanges]) -> SubmitSettings:
    base = SubmitSettings(
        host="127.0.0.1",
        port=port,
        security="plain",
        timeout=3.0,
        retry_for=0.0,
        ca_file=authority.ca_file if authority else None,
    )
    return replace(base, **more)


def login(mechanism: Mechanism | None = None) -> Login:
    given: Login = {"username": "probe", "password": Credential.of(SECRET)}
    return {**given, "mechanism": mechanism} if mechanism else given


async def send(
    chosen: SubmitSettings, message: bytes = MESSAGE, to: str = "b@receiver.example"
) -> SmtpSubmission:
    return await submit(chosen, message, "a@acme.example", [to])


def failed(facts: SmtpSubmission) -> SubmissionStage:
    assert not facts.accepted
    return next(s for s in facts.stages if not s.ok)
