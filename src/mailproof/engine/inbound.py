"""Tests whether a mailbox's server refuses what it should: send it, see where it lands, report."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from msgspec import Struct, field

from mailproof.checks import registry
from mailproof.config import Profile, RetrieveSettings, SubmitSettings
from mailproof.dns import MemoResolver
from mailproof.dns.records import exchanges
from mailproof.engine.hiding import without_secrets
from mailproof.engine.inbound_plan import Addresses, Planned, Planner, bare_address, control
from mailproof.engine.judge import judge
from mailproof.engine.report import report_of
from mailproof.engine.session import Session, Work
from mailproof.engine.verify import VerifyOptions, message_facts
from mailproof.errors import ConfigError, UsageError
from mailproof.explain import explain_reply
from mailproof.mail.compose import new_token
from mailproof.mail.connect import public_only
from mailproof.mail.inbound import Text, build
from mailproof.mail.login import Means, login_of
from mailproof.mail.mailbox import Arrival, Mailbox, MailboxError
from mailproof.mail.mailboxes.catch import Catches
from mailproof.mail.retrieve import mailbox_for, try_open, try_remove, watch
from mailproof.mail.senders.smtp import SmtpSender
from mailproof.model import Facts, InboundFacts, Report, SmtpSubmission
from mailproof.printable import clean, counted
from mailproof.records.mailboxes import address_domain
from mailproof.structs import replace

#: Messages sent concurrently.
AT_ONCE = 2
#: A refusal at an earlier stage says nothing about the message; nor does one of an envelope that the control
#: message has too.
_ABOUT_THE_MESSAGE = ("mail", "rcpt", "data")
#: Nor do these causes, if the harmless message was accepted a moment before.
_OF_ANY_MESSAGE = ("blocked", "rate", "greylisted", "mailbox-full", "system", "unreachable")
_HOST_AND_PORT = re.compile(r"(?:\[([0-9A-Fa-f:.]+)\]|([^:\[\]\s]+))(?::(\d{1,5}))?\Z")


async def inbound(
    profile: Profile,
    session: Session,
    *,
    eicar: bool = False,
    allowed: tuple[str, ...] = (),
    progress: Callable[[str, float], None] | None = None,
) -> Report:
    """Send the messages, and see where each one ends up.

    ``allowed`` are networks, besides the public Internet, in which the recipient's MX may be.
    Raises ConfigError and UsageError, before anything is sent, for unusable settings and for a mailbox that
    cannot be read.
    """
    addresses, retrieve = _addresses(profile), _mailbox(profile)
    # Public addresses only, as always if the host comes from the DNS; the user may name any server.
    reach = None if profile.inbound.server else public_only(allowed=allowed, setting="inbound.server")
    async with session.work(to_the_end=True) as work:
        submit = await _server(profile, addresses.recipient, work.resolver)
        selectors = session.selectors_of(address_domain(addresses.forged))
        means = Means(reach, progress)
        run = _Run(profile, retrieve, submit, addresses, selectors, work, eicar, means)
        await work.stop.run(run.run())
        facts, subject = run.facts, address_domain(addresses.recipient)
        outcomes = judge(registry.checks("inbound"), facts, subject)
        return without_secrets(report_of(work, subject, outcomes, Facts(inbound=facts)))


class _Run(Struct):
    """One run. ``facts`` may be read at any time, even after a cancellation."""

    profile: Profile
    retrieve: RetrieveSettings
    submit: SubmitSettings
    addresses: Addresses
    selectors: tuple[str, ...]
    work: Work
    eicar: bool
    means: Means
    client_ip: str = ""
    folders: tuple[str, ...] = ()
    planned: list[Planned] = field(default_factory=list)

    @property
    def server(self) -> str:
        """The server that the messages are sent to."""
        return f"{self.submit.host} port {self.submit.effective_port}"

    @property
    def facts(self) -> InboundFacts:
        """The facts so far."""
        return InboundFacts(
            profile=self.profile.name,
            recipient=self.addresses.recipient,
            server=self.server,
            mailbox=self.retrieve.server,
            cases=tuple(each.case for each in self.planned),
            client_ip=self.client_ip,
            folders_seen=self.folders,
            deadline_s=self.retrieve.deadline,
        )

    async def run(self) -> None:
        """Send the control message first: unless it arrives, a missing message proves nothing."""
        first = control(self.addresses)
        self.planned.append(first)
        await self._round()
        if first.case.place not in ("inbox", "junk"):
            return
        helo = first.case.submission.ehlo_name if first.case.submission is not None else ""
        planner = Planner(self.addresses, self.work.resolver, self.client_ip, helo, self.selectors)
        self.planned += await planner.cases(eicar=self.eicar)
        await self._round()

    async def _round(self) -> None:
        """Send the messages not sent yet, and wait for them. The mailbox is opened first."""
        todo = [each for each in self.planned if each.case.place == "unknown"]
        for each in todo:
            each.update(token=new_token(), reason="interrupted")
        if not todo:
            return
        retrieve, catches = self.retrieve, Catches(each.case.token for each in todo)
        mailbox = mailbox_for(retrieve, await login_of(retrieve), catches)
        self.means.show(f"opening the mailbox {retrieve.server}", retrieve.timeout)
        if (error := await try_open(mailbox, retrieve)) is not None:
            if len(self.planned) > 1:  # in the previous round it could be read
                for each in todo:
                    each.update(reason=f"the mailbox could not be opened again: {error.reason}")
                return
            raise UsageError(
                f"the mailbox {retrieve.server} cannot be read ({error.reason}): nothing was sent"
            )
        try:
            turns = asyncio.Semaphore(AT_ONCE)
            await asyncio.gather(*(self._send(each, turns) for each in todo))
            waiting = [each for each in todo if each.case.reason == "interrupted"]
            wanted = [catches.each[each.case.token] for each in waiting]
            error = await watch(
                mailbox,
                retrieve,
                retrieve.deadline,
                lambda _: all(each.probe is not None for each in wanted),
                "messages",
                self.means.show,
            )
            for each in todo:
                arrival = catches.each[each.case.token].probe
                await self._place(each, mailbox, arrival, error, sent=each in waiting)
            self.folders = mailbox.folders
        finally:
            await mailbox.close()

    async def _send(self, planned: Planned, turns: asyncio.Semaphore) -> None:
        case, now, recipient = planned.case, datetime.now(UTC), self.addresses.recipient
        text = Text(case.token, planned.authors, recipient, planned.words, now, eicar=case.name == "eicar")
        async with turns:
            self.means.show(f"sending to {self.server}: {planned.words}", self.submit.timeout)
            sender = SmtpSender(self.submit, None, replace(self.means, now=now))
            sent = await sender.send(build(text, planned.signature), case.mail_from, (recipient,))
        planned.update(submission=sent)
        if not (sent.accepted or sent.in_doubt):
            control = case.name == "control"
            same = not control and case.mail_from == self.addresses.honest
            about = _ABOUT_THE_MESSAGE[-1:] if same else _ABOUT_THE_MESSAGE
            place, reply, reason = _refused(sent, about, control=control)
            planned.update(place=place, reply=reply, reason=reason)

    async def _place(
        self,
        planned: Planned,
        mailbox: Mailbox,
        arrival: Arrival | None,
        error: MailboxError | None,
        *,
        sent: bool,
    ) -> None:
        """Record where the message is once the wait is over."""
        case = planned.case
        if arrival is None:
            if not sent:
                return
            if error is not None:
                planned.update(reason=f"the mailbox could not be read: {error.reason}")
            elif case.submission is not None and case.submission.in_doubt:
                planned.update(reason="the server did not answer at the end of the message")
            else:
                planned.update(place="missing", reason="")
            return
        planned.update(place="junk" if arrival.junk else "inbox", folder=arrival.folder, reason="")
        if case.name == "control":
            options = VerifyOptions(source="control message")
            message = await message_facts(arrival.raw, self.work, options, now=datetime.now(UTC))
            self.client_ip = message.envelope.ip or ""
        if self.retrieve.remove:
            problem = await try_remove(mailbox, arrival)
            planned.update(removed=not problem, remove_problem=problem)


def _refused(sent: SmtpSubmission, about: Sequence[str], *, control: bool) -> tuple[str, str, str]:
    """For a message that was not accepted: the place, the server's words, and why it is unknown.

    ``about`` are the stages at which a refusal concerns it.
    """
    failure = sent.failure
    if failure is None:
        return "unknown", "", "not sent"
    words = clean(failure.words)[:500]
    if failure.kind == "rejected" and failure.stage in about:
        causes = explain_reply(words).causes
        if not control and causes and causes[0].certain and causes[0].kind in _OF_ANY_MESSAGE:
            return "unknown", words, f"refused, but not for what it is: {words}"
        return "refused", words, ""
    if failure.kind == "deferred":
        tries = counted(sent.attempts, "attempt")
        return "unknown", words, f"put off, after {tries}: {words}"
    return "unknown", "", f"{failure.stage}: {words}"


def _addresses(profile: Profile) -> Addresses:
    key, settings, message = f"profiles.{profile.name}", profile.inbound, profile.message
    given = bare_address(message.from_address, f"{key}.message.from")
    null_mx = settings.null_mx_sender
    if null_mx and "@" not in null_mx:
        null_mx = f"postmaster@{null_mx}"
    return Addresses(
        honest=bare_address(settings.mail_from, f"{key}.inbound.mail_from") if settings.mail_from else given,
        forged=bare_address(settings.forged_from, f"{key}.inbound.forged_from")
        if settings.forged_from
        else given,
        recipient=bare_address(profile.recipients[0].address, f"{key}.message.to"),
        null_mx=bare_address(null_mx, f"{key}.inbound.null_mx_sender") if null_mx else "",
    )


def _mailbox(profile: Profile) -> RetrieveSettings:
    retrieve = profile.recipients[0].retrieve
    if retrieve is None:
        raise UsageError(
            f"the profile {profile.name!r} has no mailbox to read ([profiles.{profile.name}.retrieve]): "
            "nothing was sent"
        )
    return retrieve


async def _server(profile: Profile, recipient: str, resolver: MemoResolver) -> SubmitSettings:
    """The recipient's server: the one named, or its best MX; we connect as another mail server would."""
    host, port = profile.inbound.server, 25
    if host:
        found = _HOST_AND_PORT.match(host)
        if found is None or not 0 < int(found[3] or 25) < 65536:
            raise ConfigError(
                f"profiles.{profile.name}.inbound.server: {host!r}: write host, host:port or [v6]:port"
            )
        host, port = found[1] or found[2], int(found[3] or 25)
    else:
        host = await _best_mx(address_domain(recipient), resolver)
    submit = profile.submit
    return SubmitSettings(
        host=host,
        port=port,
        security=None if port == 25 else "plain",
        verification="off",
        ehlo_name=submit.ehlo_name,
        source_address=submit.source_address,
        timeout=submit.timeout,
        retry_for=submit.retry_for,
        retry_interval=submit.retry_interval,
    )


async def _best_mx(domain: str, resolver: MemoResolver) -> str:
    answer = await resolver.query(domain, "MX")
    if answer.status == "nodata":
        return domain
    if answer.status != "ok":
        raise UsageError(
            f"the MX records of {domain} could not be looked up ({answer.status}): nothing was sent"
        )
    _, best = exchanges(answer)[0]
    if best == ".":
        raise UsageError(f"{domain} takes no mail (null MX): nothing was sent")
    return best
