"""Submit through a provider's HTTP API, retrying if it asks for that, until it accepts or refuses."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Literal

from mailproof.config.settings import SubmitSettings
from mailproof.credentials import revealed
from mailproof.data.api_errors import api_error
from mailproof.errors import UsageError
from mailproof.mail.envelope import crlf
from mailproof.mail.http_exchange import Response, retry_after
from mailproof.mail.login import Means
from mailproof.mail.senders.api import Answer, Api, Mail, Request, Unreadable
from mailproof.mail.senders.dialogue import Dialogue, Ended, Retries
from mailproof.mail.senders.http_connection import HttpConnection
from mailproof.model import HttpSubmission, StageName, SubmissionStage
from mailproof.structs import replace

#: Replies of a gateway that does not know what the provider did (RFC 9110 sections 15.6.3 and 15.6.5).
_GATEWAY = (502, 504)
#: Replies after which the message was not accepted and may be retried (RFC 6585 section 4, RFC 9110 section
#: 15.6.4).
_RETRYABLE = (429, 503)


class HttpSender:
    """See Sender."""

    def __init__(self, settings: SubmitSettings, api: Api, means: Means) -> None:
        self._settings, self._api, self._means = settings, api, means
        self._dialogue = Dialogue()
        self._link = HttpConnection(settings, self._dialogue, means)
        self._retries = Retries(settings, self._dialogue, means)
        self._begun, self._recipient = False, ""
        self._facts = self._blank()

    @property
    def place(self) -> str:
        return self._api.name

    @property
    def rewrites(self) -> tuple[str, ...]:
        links = ("links",) if self._settings.tracking else ()
        return (*self._api.rewrites, *links)

    @property
    def facts(self) -> HttpSubmission | None:
        return self._current_facts() if self._begun else None

    async def send(self, message: bytes, mail_from: str, recipients: Sequence[str]) -> HttpSubmission:
        return await self._deliver(message, mail_from, recipients, dry_run=False)

    async def dry_run(self, message: bytes, mail_from: str, recipients: Sequence[str]) -> HttpSubmission:
        if self._api.no_dry_run:
            raise UsageError(f"{self._api.name} has no dry run: {self._api.no_dry_run}")
        return await self._deliver(message, mail_from, recipients, dry_run=True)

    async def check(self) -> HttpSubmission:
        """See Sender. The API key is not tested: some keys may do nothing but send."""
        self._begun = True
        with contextlib.suppress(Ended):
            await self._link.reach(self._api.base, ours=bool(self._settings.url))
        return self._current_facts()

    async def _deliver(
        self, message: bytes, mail_from: str, recipients: Sequence[str], *, dry_run: bool
    ) -> HttpSubmission:
        if not recipients:
            raise UsageError("no recipient is given")
        mail = Mail(crlf(message), mail_from, tuple(recipients), datetime.now(UTC), dry_run=dry_run)
        self._api.request(mail)  # anything that can't be sent raises before we connect
        self._api.token_request(mail)
        self._begun, self._facts = True, replace(self._facts, dry_run=dry_run)
        if mail_from.lower() != mail.recipients[0].lower():
            self._recipient = mail.recipients[0]
        self._retries = Retries(self._settings, self._dialogue, self._means)
        while True:
            await self._attempt(replace(mail, now=datetime.now(UTC)))
            facts = self._current_facts()
            failed, asked = facts.failure, facts.retry_after_s
            deferred = failed if failed is not None and failed.kind == "deferred" else None
            if deferred is None or not await self._retries.next_attempt(deferred, self._api.name, asked):
                return facts

    async def _attempt(self, mail: Mail) -> None:
        """One attempt; the outcome is in the facts and the connection."""
        self._link.stages.clear()
        self._facts = replace(self._facts, status=0, code="", cause="", advice="", retry_after_s=None)
        try:
            wanted, given = self._api.token_request(mail), revealed(self._api.keys.token)
            mail = replace(mail, token=given if wanted is None else await self._token(wanted))
            reply = await self._link.post(
                self._api.request(mail), stage="request", ours=bool(self._settings.url)
            )
            self._read(reply, mail)
        except Ended:
            link = self._link
            if link.sent:  # but no complete reply was received
                doubt = link.stage == "request" and not 300 <= link.answered < 600
                self._facts = replace(self._facts, status=link.answered, cause="reply", in_doubt=doubt)
        except asyncio.CancelledError:
            if self._link.sent and not self._link.answered and self._link.stage == "request":
                self._facts = replace(self._facts, in_doubt=True)
                self._dialogue.note("interrupted after the request: the message may or may not be accepted")
            raise

    async def _token(self, request: Request) -> str:
        from mailproof.mail.senders.oauth import token_of

        reply = await self._link.post(request, stage="auth", ours=bool(self._settings.token_url))
        self._link.sent = False
        try:
            token, answer = token_of(reply)
        except Unreadable as error:
            self._facts = replace(self._facts, cause="reply")
            self._stage("protocol", Answer(False), reply.status, str(error), stage="auth")
            raise Ended from None
        if not answer.accepted:
            self._refused(reply, answer, "auth")
            raise Ended
        self._link.passed("auth", reply.status)
        return token

    def _read(self, reply: Response, mail: Mail) -> None:
        status = reply.status
        try:
            answer = self._api.answer(reply, mail)
        except Unreadable as error:
            words = f"{error}, so that nothing says whether the message was accepted"
            self._facts = replace(self._facts, status=status, cause="reply", in_doubt=status < 300)
            self._stage("protocol", Answer(False), status, words)
            return
        if answer.accepted:
            self._facts = replace(
                self._facts,
                status=status,
                accepted=True,
                queue_id=answer.provider_id[:200],
                simulated=answer.simulated,
            )
            self._stage("ok", answer, status)
        else:
            self._refused(reply, answer, "request")

    def _refused(self, reply: Response, answer: Answer, stage: StageName) -> None:
        status = reply.status
        found = api_error(self._api.kind, status, answer.code, answer.words, self._recipient)
        self._facts = replace(
            self._facts,
            status=status,
            code=answer.code[:100],
            cause=found.cause if found is not None else "",
            advice=found.fix if found is not None else "",
            retry_after_s=retry_after(reply.fields),
            in_doubt=stage == "request" and status in _GATEWAY,
        )
        self._stage("deferred" if status in _RETRYABLE else "rejected", answer, status, stage=stage)

    def _stage(
        self,
        kind: Literal["ok", "protocol", "deferred", "rejected"],
        answer: Answer,
        status: int,
        reason: str = "",
        stage: StageName = "request",
    ) -> None:
        self._link.stages.append(
            SubmissionStage(
                stage,
                kind == "ok",
                code=status,
                enhanced=answer.code[:100],
                text=answer.words[:1000],
                kind=kind,
                reason=reason,
                elapsed_ms=self._link.elapsed(),
            )
        )

    def _blank(self) -> HttpSubmission:
        api = self._api
        return HttpSubmission(
            kind=api.kind,
            provider=api.name,
            endpoint=api.base,
            tracking=self._settings.tracking,
            envelope=api.envelope,
            rewrites=self.rewrites,
            gives_id=api.gives_id,
        )

    def _current_facts(self) -> HttpSubmission:
        """The facts, including the connection's current state."""
        link = self._link
        return replace(
            self._facts,
            host=link.host,
            port=link.port,
            address=link.address,
            tls=link.tls,
            stages=tuple(link.stages),
            dialogue=self._dialogue.lines,
            attempts=self._retries.attempts,
            deferrals=self._retries.deferrals,
            waited_s=self._retries.waited_s,
        )
