"""Submit by SMTP, retrying until the server accepts or refuses the message, or time is up."""

from __future__ import annotations

from collections.abc import Sequence

from mailproof.config.settings import SubmitSettings
from mailproof.errors import UsageError
from mailproof.mail.connect import Resolve, Trouble, addresses_of, system_resolve
from mailproof.mail.login import Means
from mailproof.mail.sasl import Login
from mailproof.mail.senders.dialogue import Dialogue, Retries
from mailproof.mail.senders.smtp_attempt import Attempt
from mailproof.mail.senders.smtp_envelope import Outgoing, outgoing
from mailproof.model import AddressTried, SmtpSubmission
from mailproof.structs import replace


class SmtpSender:
    """See Sender."""

    def __init__(self, settings: SubmitSettings, login: Login | None, means: Means) -> None:
        name = settings.ehlo_name
        if name and not (name.isascii() and name.isprintable() and " " not in name):
            raise UsageError(f"{name!r} cannot be an EHLO name: give a host name or an address literal")
        self._settings, self._login, self._means = settings, login, means
        self._dialogue = Dialogue()
        self._attempt: Attempt | None = None
        self._retries = Retries(settings, self._dialogue, means)
        self._addresses: tuple[AddressTried, ...] = ()

    @property
    def place(self) -> str:
        return f"{self._settings.host} port {self._settings.effective_port}"

    @property
    def rewrites(self) -> tuple[str, ...]:
        """See Sender. A relaying server changes nothing."""
        return ()

    @property
    def facts(self) -> SmtpSubmission | None:
        return None if self._attempt is None else self._facts(self._attempt)

    async def send(self, message: bytes, mail_from: str, recipients: Sequence[str]) -> SmtpSubmission:
        if self._settings.every_address:
            await self._try_addresses()
        prepared = self._prepared(message, mail_from, recipients)
        self._retries = Retries(self._settings, self._dialogue, self._means)
        while True:
            attempt = self._next()
            await attempt.run(prepared)
            facts = self._facts(attempt)
            failure = facts.failure
            if failure is None or not attempt.temporary:
                return facts
            if not await self._retries.next_attempt(failure, f"the server ({failure.words[:200]})"):
                return facts

    async def dry_run(self, message: bytes, mail_from: str, recipients: Sequence[str]) -> SmtpSubmission:
        """See Sender: the whole session up to the recipients, without a message."""
        attempt = self._next()
        await attempt.run(self._prepared(message, mail_from, recipients), dry_run=True)
        return self._facts(attempt)

    async def check(self) -> SmtpSubmission:
        attempt = self._next()
        await attempt.run(None)
        return self._facts(attempt)

    async def _try_addresses(self) -> None:
        """Try each address in turn, up to signing in; failures are recorded in the facts."""
        settings = self._settings
        try:
            found = await addresses_of(settings.host, settings.timeout, self._means.resolve or system_resolve)
        except Trouble:
            return  # the attempt to send will report it
        for address in found:
            self._means.show(f"connecting to {address}", settings.timeout)
            means = replace(self._means, resolve=_fixed(address))
            attempt = Attempt(settings, self._login, Dialogue(), means)
            await attempt.run(None)
            failure = self._facts(attempt).failure
            self._addresses = (*self._addresses, AddressTried(address, failure is None, failure))

    def _prepared(self, message: bytes, mail_from: str, recipients: Sequence[str]) -> Outgoing:
        settings = self._settings
        prepared = outgoing(message, mail_from, recipients)
        return replace(prepared, notify=settings.notify, require_tls=settings.require_tls)

    def _next(self) -> Attempt:
        self._attempt = Attempt(self._settings, self._login, self._dialogue, self._means)
        return self._attempt

    def _facts(self, attempt: Attempt) -> SmtpSubmission:
        settings = self._settings
        security = settings.effective_security
        if settings.opportunistic and attempt.tls is not None:
            security = "starttls"
        return SmtpSubmission(
            host=settings.host,
            port=settings.effective_port,
            security=security,
            address=attempt.address,
            accepted=attempt.accepted,
            dry_run=attempt.dry_run,
            in_doubt=attempt.in_doubt,
            stages=tuple(attempt.stages),
            greeting=attempt.greeting,
            ehlo_name=attempt.ehlo_name,
            extensions=attempt.extensions,
            auth_mechanism=attempt.auth_mechanism,
            tls=attempt.tls,
            queue_id=attempt.queue_id,
            dialogue=self._dialogue.lines,
            attempts=self._retries.attempts,
            deferrals=self._retries.deferrals,
            waited_s=self._retries.waited_s,
            auth_offered=attempt.auth_offered,
            authenticated=attempt.authenticated,
            require_tls=settings.require_tls,
            addresses=self._addresses,
        )


def _fixed(address: str) -> Resolve:
    """A resolver that always returns one address."""

    async def resolve(_: str) -> Sequence[str]:
        return (address,)

    return resolve
