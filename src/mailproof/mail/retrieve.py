"""Retrieve the probe: watch a mailbox until it or a bounce arrives, or time is up."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from importlib import import_module
from typing import Any

from mailproof.config.settings import RetrievalKind, RetrieveSettings
from mailproof.data.mailboxes import provider_by
from mailproof.mail.connect import Resolve
from mailproof.mail.login import Progress, login_of
from mailproof.mail.mailbox import Arrival, Busy, Mailbox, MailboxError
from mailproof.mail.mailboxes.arrived import with_arrival
from mailproof.mail.mailboxes.catch import Catch
from mailproof.mail.mailboxes.limits import MAX_PROBE, MIB, OPENING_STEPS
from mailproof.mail.sasl import Login
from mailproof.model import RetrievalFacts
from mailproof.structs import replace

RECONNECT_PAUSE_S = 2.0
#: How often a lost connection to the mailbox is re-established.
MAX_RECONNECTS = 3
REMOVAL_LIMIT_S = 15.0
#: Errors that a retry would meet again.
_FINAL = ("login", "tls", "storage")
#: The class for each kind of mailbox, imported on first use.
_MAILBOXES: dict[RetrievalKind, str] = {
    "imap": "retrieve_imap.ImapMailbox",
    "pop3": "retrieve_pop3.Pop3Mailbox",
    "maildir": "retrieve_maildir.MaildirMailbox",
    "mbox": "retrieve_mbox.MboxMailbox",
    "gmail": "retrieve_gmail.GmailMailbox",
    "graph": "retrieve_graph.GraphMailbox",
    "listener": "retrieve_listener.ListenerMailbox",
}


def _sign_in(settings: RetrieveSettings, error: MailboxError) -> str:
    """What the mailbox provider requires for signing in, if it is known and the login failed."""
    provider = provider_by(settings.preset, settings.host) if error.kind == "login" else None
    return f"{provider.title}: {provider.sign_in}" if provider else ""


def mailbox_for(
    settings: RetrieveSettings, login: Login | None, catch: Catch, *, resolve: Resolve | None = None
) -> Mailbox:
    """Create the mailbox of the configured kind, not yet opened."""
    module, _, name = _MAILBOXES[settings.kind].partition(".")
    kind: Any = getattr(import_module(f"mailproof.mail.{module}"), name)
    if settings.kind in ("maildir", "mbox", "listener"):  # local, without sign-in
        local: Mailbox = kind(settings, catch)
        return local
    mailbox: Mailbox = kind(settings, login, catch, resolve=resolve)
    return mailbox


async def check_mailbox(settings: RetrieveSettings) -> str:
    """Test a mailbox: a sentence on why it can't be used, or "". Raises CredentialError."""
    watch = Watch(settings, await login_of(settings), Catch(""))
    try:
        await watch.open()
        if watch.error is None:
            return ""
        return ". ".join(filter(None, (watch.error.reason, _sign_in(settings, watch.error))))
    finally:
        await watch.close()


async def try_open(mailbox: Mailbox, settings: RetrieveSettings) -> MailboxError | None:
    """Connect and sign in, within the time limit; returns the error, if any."""
    limit = settings.timeout * OPENING_STEPS
    try:
        async with asyncio.timeout(limit):
            await mailbox.open()
    except TimeoutError:
        return MailboxError("protocol", f"the mailbox was not open within {limit:g} s")
    except MailboxError as error:
        return error
    return None


async def try_remove(mailbox: Mailbox, arrival: Arrival) -> str:
    """Delete a message that was found; returns why that failed, or ""."""
    try:
        async with asyncio.timeout(REMOVAL_LIMIT_S):
            await mailbox.remove(arrival)
    except MailboxError as error:
        return error.reason
    except TimeoutError:
        return f"not done within {REMOVAL_LIMIT_S:g} s"
    return ""


async def watch(
    mailbox: Mailbox,
    settings: RetrieveSettings,
    seconds: float,
    done: Callable[[float], bool],
    what: str,
    progress: Progress | None,
) -> MailboxError | None:
    """Look for new messages for so long, or until ``done``, which is passed the seconds left.

    Returns the error that ended it, if any. A lost connection is re-established. ``what`` names the message
    in progress reports.
    """
    ends, failures = time.monotonic() + seconds, 0
    error: MailboxError | None = None

    def left() -> float:
        return ends - time.monotonic()

    while True:
        try:
            if error is not None and (error := await try_open(mailbox, settings)) is not None:
                raise error
            async with asyncio.timeout(max(left(), 0.05) + settings.timeout):
                last = left() <= 0
                await mailbox.look(everywhere=last)
                failures = 0
                if done(left()) or last:
                    return None
                if left() <= 0:  # time ran out meanwhile: one last look remains
                    continue
                if progress is not None:
                    progress(f"waiting for the {what} in {settings.server}", left())
                await mailbox.wait(min(left(), settings.poll_interval))
                continue
        except TimeoutError:
            error = MailboxError("protocol", "the mailbox server stopped answering")
        except MailboxError as caught:
            error = caught
        failures += 1
        if left() <= RECONNECT_PAUSE_S or failures > MAX_RECONNECTS or error.kind in _FINAL:
            return error
        if progress is not None:
            progress(f"connection to the mailbox lost ({error.reason}): reconnecting", left())
        await asyncio.sleep(min(RECONNECT_PAUSE_S, left()))


class Watch:
    """Watches a mailbox for the probe, which ``catch`` recognizes.

    ``open`` records a failure, which ``wait`` then reports.
    """

    def __init__(
        self,
        settings: RetrieveSettings,
        login: Login | None,
        catch: Catch,
        *,
        resolve: Resolve | None = None,
    ) -> None:
        self.settings, self._catch = settings, catch
        self._mailbox = mailbox_for(settings, login, catch, resolve=resolve)
        #: Why the mailbox could not be opened.
        self.error: MailboxError | None = None

    async def open(self) -> None:
        """Connect and log in, so that no message arriving from now on is missed."""
        self.error = await try_open(self._mailbox, self.settings)
        for _ in range(MAX_RECONNECTS):
            if not isinstance(self.error, Busy):
                break
            await asyncio.sleep(RECONNECT_PAUSE_S)
            self.error = await try_open(self._mailbox, self.settings)

    async def wait(self, *, progress: Progress | None = None) -> tuple[RetrievalFacts, bytes | None]:
        """Wait for the probe; return the facts, and the probe as it arrived. CancelledError propagates.

        Times are measured from here: the message was just accepted.
        """
        started, accepted = time.monotonic(), datetime.now(UTC)
        if self.error is not None:
            return self._failed(self._facts(), self.error), None
        catch, delayed = self._catch, False

        def done(left: float) -> bool:
            nonlocal delayed
            if catch.probe is not None or self._bounced:
                return True
            if catch.bounce is not None and not delayed and progress is not None:
                progress("a delay notice came; still waiting", max(left, 0.0))
            delayed = catch.bounce is not None
            return False

        error = await watch(self._mailbox, self.settings, self.settings.deadline, done, "message", progress)
        facts = replace(
            self._facts(),
            waited_s=round(time.monotonic() - started, 3),
            bounce=catch.bounce,
            notices=catch.notices,
        )
        if catch.probe is not None:  # possibly read before the connection was lost
            return await self._found(facts, catch.probe, accepted), catch.probe.raw
        if self._bounced:
            return replace(facts, result="bounced"), None
        return self._after_deadline(facts) if error is None else self._failed(facts, error), None

    @property
    def _bounced(self) -> bool:
        return self._catch.bounce is not None and self._catch.bounce.action != "delayed"

    def _after_deadline(self, facts: RetrievalFacts) -> RetrievalFacts:
        """The deadline has passed. An unread message that may be the probe leaves the result open."""
        if not self._catch.oversized:
            return facts
        reason = (
            f"a message with the probe's mark is in {self._catch.oversized} and larger than "
            f"{MAX_PROBE // MIB} MiB: it was not read"
        )
        return self._failed(facts, MailboxError("protocol", reason))

    async def close(self) -> None:
        await self._mailbox.close()

    def _facts(self) -> RetrievalFacts:
        return RetrievalFacts(
            method=self.settings.kind,
            server=self.settings.server,
            result="deadline",
            folders_seen=self._mailbox.folders,
            deadline_s=self.settings.deadline,
            tls=self._mailbox.tls,
            remove_requested=self.settings.remove,
        )

    def _failed(self, facts: RetrievalFacts, error: MailboxError) -> RetrievalFacts:
        tls = error.tls or self._mailbox.tls
        sign_in = _sign_in(self.settings, error)
        return replace(facts, result="error", kind=error.kind, reason=error.reason, tls=tls, sign_in=sign_in)

    async def _found(self, facts: RetrievalFacts, probe: Arrival, accepted: datetime) -> RetrievalFacts:
        facts = replace(
            facts,
            result="found",
            folder=probe.folder,
            junk=probe.junk,
            labels=probe.labels,
            tab=probe.tab,
            reason="",
        )
        facts = with_arrival(facts, probe, accepted, accepted + timedelta(seconds=facts.waited_s))
        if not self.settings.remove:
            return facts
        problem = await try_remove(self._mailbox, probe)
        return replace(facts, removed=not problem, remove_problem=problem)
