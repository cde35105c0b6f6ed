"""Fetching the probe back: watch a mailbox until it comes, a bounce comes, or the time is over."""

from __future__ import annotations

import asyncio
import time

from mailproof.config.settings import RetrieveSettings
from mailproof.mail.connect import Resolve
from mailproof.mail.dsn import parse_dsn
from mailproof.mail.login import Progress, login_of
from mailproof.mail.mailbox import Arrival, Mailbox, MailboxError, role
from mailproof.mail.sasl import Login
from mailproof.model import BounceFacts, RetrievalFacts
from mailproof.structs import replace

RECONNECT_PAUSE_S = 2.0
REMOVAL_LIMIT_S = 15.0


def mailbox_for(
    settings: RetrieveSettings, login: Login | None = None, *, resolve: Resolve | None = None
) -> Mailbox:
    """The mailbox of the configured kind, not opened yet."""
    if settings.kind == "imap":
        from mailproof.mail.retrieve_imap import ImapMailbox

        return ImapMailbox(settings, login, resolve=resolve)
    if settings.kind == "pop3":
        from mailproof.mail.retrieve_pop3 import Pop3Mailbox

        return Pop3Mailbox(settings, login, resolve=resolve)
    if settings.kind == "maildir":
        from mailproof.mail.retrieve_maildir import MaildirMailbox

        return MaildirMailbox(settings)
    if settings.kind == "mbox":
        from mailproof.mail.retrieve_mbox import MboxMailbox

        return MboxMailbox(settings)
    from mailproof.mail.retrieve_listener import ListenerMailbox

    return ListenerMailbox(settings)


async def check_mailbox(settings: RetrieveSettings, *, resolve: Resolve | None = None) -> str:
    """What stands against fetching, in a sentence; nothing where it works. Raises CredentialError."""
    watch = Watch(settings, await login_of(settings), resolve=resolve)
    try:
        await watch.open()
        return watch.error.reason if watch.error is not None else ""
    finally:
        await watch.close()


class Watch:
    """A mailbox under watch. ``open`` notes a failure, which ``wait_for`` then tells of."""

    def __init__(
        self, settings: RetrieveSettings, login: Login | None = None, *, resolve: Resolve | None = None
    ) -> None:
        self.settings = settings
        self._mailbox = mailbox_for(settings, login, resolve=resolve)
        self._secrets = login.secrets if login is not None else ()
        self._error: MailboxError | None = None

    @property
    def error(self) -> MailboxError | None:
        """Why the mailbox could not be opened."""
        return self._error

    async def open(self) -> None:
        """Connect and log in, so that nothing that comes from now on is missed."""
        self._error = await self._try_open()

    async def _try_open(self) -> MailboxError | None:
        try:
            await self._mailbox.open()
        except MailboxError as error:
            return error
        return None

    async def wait_for(
        self, token: str, *, deadline: float | None = None, progress: Progress | None = None
    ) -> tuple[RetrievalFacts, bytes | None]:
        """The facts, and the probe as it arrived. CancelledError passes through at once."""
        limit = self.settings.deadline if deadline is None else deadline
        started = time.monotonic()
        facts = self._facts(limit)
        if self._error is not None:
            return self._failed(facts, self._error), None
        delayed: BounceFacts | None = None
        failures = 0
        while True:
            left = limit - (time.monotonic() - started)
            try:
                async with asyncio.timeout(max(left, 0.05) + self.settings.timeout):
                    arrivals = await self._mailbox.look(token)
                    failures = 0
                    probe, bounce = _sort(arrivals, token)
                    waited = round(time.monotonic() - started, 3)
                    if probe is not None:
                        facts = replace(self._facts(limit), waited_s=waited, bounce=bounce or delayed)
                        return await self._found(facts, probe), probe.raw
                    if bounce is not None and bounce.action != "delayed":
                        facts = replace(self._facts(limit), result="bounced", waited_s=waited, bounce=bounce)
                        return facts, None
                    if bounce is not None and progress is not None:
                        progress("a delay notice came; still waiting", max(left, 0.0))
                    delayed = bounce or delayed
                    left = limit - (time.monotonic() - started)
                    if left <= 0:
                        return replace(self._facts(limit), waited_s=waited, bounce=delayed), None
                    if progress is not None:
                        progress(f"waiting for the message in {self.settings.server}", left)
                    await self._mailbox.wait(min(left, self.settings.poll_interval))
            except TimeoutError:
                error = MailboxError("protocol", "the mailbox server stopped answering")
            except MailboxError as caught:
                error = caught
            else:
                continue
            failures += 1
            left = limit - (time.monotonic() - started)
            if left <= RECONNECT_PAUSE_S or failures > 3 or error.kind in ("login", "tls", "storage"):
                return self._failed(
                    replace(facts, waited_s=round(time.monotonic() - started, 3)), error
                ), None
            if progress is not None:
                progress(f"connection to the mailbox lost ({error.reason}): once more", left)
            await asyncio.sleep(min(RECONNECT_PAUSE_S, left))
            again = await self._try_open()
            if again is not None:
                return self._failed(facts, again), None

    async def close(self) -> None:
        """Leave the mailbox; raises nothing."""
        await self._mailbox.close()

    def _facts(self, limit: float) -> RetrievalFacts:
        return RetrievalFacts(
            method=self.settings.kind,
            server=self.settings.server,
            result="deadline",
            folders_seen=self._mailbox.folders,
            deadline_s=limit,
            tls=self._mailbox.tls,
            remove_requested=self.settings.remove,
        )

    def _failed(self, facts: RetrievalFacts, error: MailboxError) -> RetrievalFacts:
        tls = error.tls or self._mailbox.tls
        reason = error.reason
        for secret in self._secrets:  # should a server repeat them
            reason = reason.replace(secret, "***")
        return replace(facts, result="error", kind=error.kind, reason=reason, tls=tls)

    async def _found(self, facts: RetrievalFacts, probe: Arrival) -> RetrievalFacts:
        facts = replace(
            facts, result="found", folder=probe.folder, junk=probe.junk, labels=probe.labels, reason=""
        )
        if not self.settings.remove:
            return facts
        try:
            async with asyncio.timeout(REMOVAL_LIMIT_S):
                await self._mailbox.remove(probe)
        except MailboxError as error:
            return replace(facts, remove_problem=error.reason)
        except TimeoutError:
            return replace(facts, remove_problem=f"not done within {REMOVAL_LIMIT_S:g} s")
        return replace(facts, removed=True)


def _sort(arrivals: list[Arrival], token: str) -> tuple[Arrival | None, BounceFacts | None]:
    """The probe (outside junk rather than in it) and the gravest bounce among what came."""
    probes: list[Arrival] = []
    bounce: BounceFacts | None = None
    for arrival in arrivals:
        what = role(arrival.raw, token)
        if what == "probe":
            probes.append(arrival)
        elif what == "bounce" and (bounce is None or bounce.action == "delayed"):
            bounce = parse_dsn(arrival.raw)
    probes.sort(key=lambda a: a.junk)
    return (probes[0] if probes else None), bounce
