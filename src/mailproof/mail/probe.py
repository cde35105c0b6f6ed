"""Run one probe from end to end: compose, watch the mailbox, submit, wait, compare."""

from __future__ import annotations

import ssl
from pathlib import Path
from typing import Literal

from msgspec import Struct

from mailproof.config.settings import Profile
from mailproof.errors import ConfigError
from mailproof.mail.by_design import by_design, named_in
from mailproof.mail.compare import compare, new_hosts
from mailproof.mail.compose import ComposedMessage, compose, new_token
from mailproof.mail.login import Means, login_of
from mailproof.mail.mailboxes.catch import Catch
from mailproof.mail.retrieve import Watch
from mailproof.mail.senders import Sender, sender_for
from mailproof.model import DeliveryFacts, HttpSubmission, ProgramSubmission, RetrievalFacts, Submission
from mailproof.structs import replace
from mailproof.tls_context import client_context


class ProbeResult(Struct, frozen=True):
    """The facts of the delivery; ``sent`` as submitted, ``arrived`` as retrieved."""

    delivery: DeliveryFacts
    sent: bytes
    arrived: bytes | None = None


class Probe:
    """A message sent by ``profile`` to one recipient and retrieved: ``await run()``.

    ``dry_run``: check everything that can be checked without sending; then nothing is waited for. Raises
    ConfigError, CredentialError and UsageError before anything is sent; what servers do is in the facts.
    ``result`` may be read at any time, even after a cancellation. ``run`` consists of ``prepare``, ``open``,
    ``submit``, ``fetch`` and ``close``; if one ``message`` goes to several recipients (of which this one is
    ``recipient``), ``take`` is called with the shared submission instead.
    """

    def __init__(
        self,
        profile: Profile,
        means: Means | None = None,
        *,
        dry_run: bool = False,
        message: ComposedMessage | None = None,
        recipient: str = "",
    ) -> None:
        self._profile, self._means, self._dry_run = profile, means or Means(), dry_run
        self._arrived: bytes | None = None
        self._sender: Sender | None = None
        self._watch: Watch | None = None
        self.message: ComposedMessage = message or compose(profile.message, new_token(), self._means.now)
        self._facts = DeliveryFacts(
            profile=profile.name,
            mail_from=self.message.mail_from,
            recipient=recipient or self.message.recipients[0],
            from_address=self.message.from_address,
            token=self.message.token,
            message_id=self.message.message_id,
            list_unsubscribe=self.message.list_unsubscribe,
        )

    @property
    def result(self) -> ProbeResult:
        return ProbeResult(self._facts, self.message.raw, self._arrived)

    async def run(self) -> None:
        """Run all steps. The mailbox is opened first, so that nothing is missed."""
        await self.prepare()
        try:
            await self.open()
            await self.submit()
            await self.fetch()
        finally:
            await self.close()

    async def prepare(self) -> None:
        """Find faults in the configuration before anything is done."""
        profile = self._profile
        for settings in (profile.submit, profile.retrieve):
            if settings is not None and settings.ca_file:
                check_authorities(settings.ca_file)
        self._sender = await sender_for(profile.submit, self._means)
        if profile.retrieve is not None and not self._dry_run:
            login = await login_of(profile.retrieve)
            others = frozenset(map(str.lower, self.message.recipients)) - {self._facts.recipient.lower()}
            catch = Catch(self.message.token, others, self.message.from_address)
            self._watch = Watch(profile.retrieve, login, catch, resolve=self._means.resolve)

    async def open(self) -> None:
        """Open the mailbox, if there is one; a failure is recorded."""
        if self._watch is None:
            return
        self._facts = replace(self._facts, retrieval=self._empty("interrupted", "interrupted before the end"))
        self._means.show(f"opening the mailbox {self._watch.settings.server}", self._watch.settings.timeout)
        await self._watch.open()

    async def submit(self) -> Submission:
        sender = self._sender
        assert sender is not None
        self._means.show(f"submitting to {sender.place}", self._profile.submit.timeout)
        hand_over = sender.dry_run if self._dry_run else sender.send
        try:
            facts = await hand_over(self.message.raw, self.message.mail_from, self.message.recipients)
        except BaseException:
            self._note(sender.facts)
            raise
        self._note(facts)
        self._facts = replace(self._facts, sent_at=self._means.now)
        return facts

    def take(self, submission: Submission | None, *, ended: bool = True) -> None:
        """Record the result of a submission shared with other recipients."""
        self._note(submission)
        self._facts = replace(self._facts, sent_at=self._means.now if ended else None)

    def _note(self, submission: Submission | None) -> None:
        named = submission.queue_id if isinstance(submission, HttpSubmission) else ""
        self._facts = replace(self._facts, submission=submission, provider_id=named)

    async def fetch(self) -> None:
        """Wait for the message, if it may arrive."""
        watch, sent = self._watch, self._facts.submission
        if watch is None or sent is None:
            return
        lost = ""
        if not (sent.accepted or sent.in_doubt) and watch.error is None:
            lost = f"{_receiving_system(sent)} did not take the message"
        elif isinstance(sent, HttpSubmission) and sent.simulated:
            lost = f"{sent.provider} did not send the message (test mode)"
        if lost:
            retrieval = self._empty("skipped", f"nothing to wait for: {lost}")
            self._facts = replace(self._facts, retrieval=retrieval)
            return
        retrieval, self._arrived = await watch.wait(progress=self._means.progress)
        self._facts = replace(self._facts, retrieval=retrieval)
        if self._arrived is not None:
            rewrites = self._sender.rewrites if self._sender is not None else ()
            comparison = by_design(compare(self.message.raw, self._arrived), rewrites)
            hosts = new_hosts(self.message.raw, self._arrived)
            comparison = replace(comparison, new_link_hosts=hosts)
            found = named_in(self._arrived, self._facts.provider_id)
            self._facts = replace(self._facts, comparison=comparison, provider_id_in=found)

    async def close(self) -> None:
        if self._watch is not None:
            await self._watch.close()

    def _empty(self, result: Literal["interrupted", "skipped"], reason: str) -> RetrievalFacts:
        settings = self._profile.retrieve
        assert settings is not None
        return RetrievalFacts(
            method=settings.kind,
            server=settings.server,
            result=result,
            reason=reason,
            deadline_s=settings.deadline,
            remove_requested=settings.remove,
        )


def _receiving_system(sent: Submission) -> str:
    """The server or program that should have accepted the message."""
    if isinstance(sent, HttpSubmission):
        return sent.provider
    return sent.program if isinstance(sent, ProgramSubmission) else "the SMTP server"


def check_authorities(path: Path) -> None:
    """Raises ConfigError for an unusable CA file, before anything is sent."""
    try:
        client_context(path)
    except (OSError, ssl.SSLError) as error:
        words = "it contains no PEM certificates" if isinstance(error, ssl.SSLError) else error.strerror
        raise ConfigError(f"the CA file {path} cannot be used: {words}") from None
