"""Does a mailbox's own server refuse what it should: send it, see where it lands, one report."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from mailproof.checks import registry
from mailproof.dns import MemoResolver
from mailproof.dns.records import exchange
from mailproof.engine.hiding import without_secrets
from mailproof.engine.inbound_plan import Addresses, Planned, Planner, bare, control, domain_of
from mailproof.engine.judge import judge
from mailproof.engine.report import build_report, rules_of
from mailproof.engine.session import Session
from mailproof.engine.verify import VerifyOptions, message_facts
from mailproof.errors import ConfigError, UsageError
from mailproof.facts.stop import Stop
from mailproof.model import Facts, InboundFacts, Report, SmtpSubmission
from mailproof.printable import clean
from mailproof.records.refusal import refusal
from mailproof.redaction import hide
from mailproof.structs import replace

if TYPE_CHECKING:
    from mailproof.config import Profile, RetrieveSettings, SubmitSettings
    from mailproof.mail.connect import Resolve
    from mailproof.mail.inbound.watching import Watching

#: Messages that are sent at the same time.
AT_ONCE = 2
#: A refusal before these says nothing about a message.
_ABOUT_THE_MESSAGE = ("mail", "rcpt", "data")
_HOST_AND_PORT = re.compile(r"(?:\[([0-9A-Fa-f:.]+)\]|([^:\[\]\s]+))(?::(\d{1,5}))?\Z")


async def inbound(
    profile: Profile,
    session: Session,
    *,
    eicar: bool = False,
    allowed: tuple[str, ...] = (),
    resolve: Resolve | None = None,
    progress: Callable[[str, float], None] | None = None,
) -> Report:
    """Send the messages, and see what becomes of each.

    ``allowed`` are networks beside the public Internet in which the recipient's MX may be.
    Raises ConfigError and UsageError, before anything is sent, for settings that cannot be used and for a
    mailbox that cannot be read.
    """
    addresses, retrieve = _addresses(profile), _mailbox(profile)
    async with session.work(to_the_end=True) as work:
        memo, stop = work.resolver, work.stop

        def show(event: str, left: float) -> None:
            if progress is not None:
                progress(hide(event), left)

        submit = await _server(profile, addresses.recipient, memo)
        domain = domain_of(addresses.forged)
        known = session.config.selectors_of(domain) if session.config is not None else ()
        run = _Run(profile, retrieve, submit, addresses, memo, known, stop)
        run.eicar, run.resolve, run.show = eicar, resolve, show
        if not profile.inbound.server:
            run.reach = _public(resolve, allowed)
        doing = asyncio.ensure_future(run.run())
        await stop.wait_for((doing,))
        if not doing.cancelled():
            doing.result()
        facts = run.facts
        subject = domain_of(addresses.recipient)
        outcomes = judge(registry.checks("inbound"), facts, subject)
        return without_secrets(
            build_report(
                subject,
                work.started,
                outcomes,
                Facts(inbound=facts),
                rules_of(outcomes),
                resolver=memo,
                elapsed_s=work.elapsed_s,
                stop=stop,
            )
        )


class _Run:
    """One run. ``facts`` may be read at any time, after a cancellation too."""

    eicar = False
    resolve: Resolve | None = None
    reach: Resolve | None = None
    show: Callable[[str, float], None]

    def __init__(
        self,
        profile: Profile,
        retrieve: RetrieveSettings,
        submit: SubmitSettings,
        addresses: Addresses,
        memo: MemoResolver,
        selectors: tuple[str, ...],
        stop: Stop,
    ) -> None:
        self._retrieve, self._submit, self._addresses = retrieve, submit, addresses
        self._memo, self._selectors, self._stop = memo, selectors, stop
        self._client_ip = ""
        self._planned = [control(addresses)]
        self._facts = InboundFacts(
            profile=profile.name,
            recipient=addresses.recipient,
            server=f"{submit.host} port {submit.effective_port}",
            mailbox=retrieve.server,
            cases=(),
            deadline_s=retrieve.deadline,
        )

    @property
    def facts(self) -> InboundFacts:
        """What is known so far."""
        return replace(self._facts, cases=tuple(each.case for each in self._planned))

    async def run(self) -> None:
        """The control first: what does not arrive says something only where that did."""
        await self._round()
        first = self._planned[0].case
        if first.place not in ("inbox", "junk"):
            return
        helo = first.submission.ehlo_name if first.submission is not None else ""
        planner = Planner(self._addresses, self._memo, self._client_ip, helo, self._selectors)
        self._planned += await planner.cases(eicar=self.eicar)
        await self._round()

    async def _round(self) -> None:
        """Send what is not sent yet, and wait for it. The mailbox is opened first."""
        from mailproof.mail.compose import new_token
        from mailproof.mail.inbound.watching import Watching
        from mailproof.mail.mailbox import MailboxError

        todo = [n for n, each in enumerate(self._planned) if each.case.place == "unknown"]
        for number in todo:
            self._note(number, token=new_token(), reason="interrupted")
        if not todo:
            return
        tokens = [self._planned[n].case.token for n in todo]
        watching = Watching(self._retrieve, tokens, resolve=self.resolve, progress=self.show)
        self.show(f"opening the mailbox {self._retrieve.server}", self._retrieve.timeout)
        try:
            await watching.open()
        except MailboxError as error:
            if len(self._planned) > 1:  # it could be read a moment ago
                for number in todo:
                    self._note(number, reason=f"the mailbox could not be opened again: {error.reason}")
                return
            raise UsageError(
                f"the mailbox {self._retrieve.server} cannot be read ({error.reason}): nothing was sent"
            ) from None
        try:
            turns = asyncio.Semaphore(AT_ONCE)
            await asyncio.gather(*(self._send(number, turns) for number in todo))
            waiting = [n for n in todo if self._planned[n].case.reason == "interrupted"]
            found = watching.catches.found
            await watching.wait(lambda: all(found(self._planned[n].case.token) for n in waiting))
            for number in todo:
                await self._place(number, watching, sent=number in waiting)
            self._facts = replace(self._facts, folders_seen=watching.folders)
        finally:
            await watching.close()

    async def _send(self, number: int, turns: asyncio.Semaphore) -> None:
        from mailproof.mail.inbound.messages import Text, build
        from mailproof.mail.senders.smtp import SmtpSender

        planned = self._planned[number]
        case = planned.case
        now = datetime.now(UTC)
        recipient = self._addresses.recipient
        text = Text(case.token, planned.authors, recipient, planned.words, now, eicar=case.name == "eicar")
        async with turns:
            self.show(f"sending to {self._facts.server}: {planned.words}", self._submit.timeout)
            sender = SmtpSender(
                self._submit, None, resolve=self.reach or self.resolve, progress=self.show, now=now
            )
            sent = await sender.send(build(text, planned.signature), case.mail_from, (recipient,))
        self._note(number, submission=sent)
        if not (sent.accepted or sent.in_doubt):
            place, reply, reason = _refused(sent)
            self._note(number, place=place, reply=reply, reason=reason)

    async def _place(self, number: int, watching: Watching, *, sent: bool) -> None:
        """Where the message is, now that the time is over."""
        case = self._planned[number].case
        arrival = watching.catches.found(case.token)
        if arrival is None:
            if not sent:
                return
            if watching.error is not None:
                self._note(number, reason=f"the mailbox could not be read: {watching.error.reason}")
            elif case.submission is not None and case.submission.in_doubt:
                self._note(number, reason="the server did not answer at the end of the message")
            else:
                self._note(number, place="missing", reason="")
            return
        self._note(number, place="junk" if arrival.junk else "inbox", folder=arrival.folder, reason="")
        if case.name == "control":
            options = VerifyOptions(source="control message")
            message = await message_facts(
                arrival.raw, self._memo, options, now=datetime.now(UTC), stop=self._stop
            )
            self._client_ip = message.envelope.ip or ""
            self._facts = replace(self._facts, client_ip=self._client_ip)
        if self._retrieve.remove:
            problem = await watching.remove(arrival)
            self._note(number, removed=not problem, remove_problem=problem)

    def _note(self, number: int, **changes: Any) -> None:
        planned: Planned = self._planned[number]
        self._planned[number] = replace(planned, case=replace(planned.case, **changes))


def _refused(sent: SmtpSubmission) -> tuple[str, str, str]:
    """Where a message is that was not accepted: the place, the server's words, and why it is not known."""
    failure = sent.failure
    if failure is None:
        return "unknown", "", "not sent"
    code = " ".join(part for part in (str(failure.code or ""), failure.enhanced) if part)
    words = clean(f"{code} {failure.text or failure.reason}".strip())[:500]
    if failure.kind == "rejected" and failure.stage in _ABOUT_THE_MESSAGE:
        return "refused", words, ""
    if failure.kind == "deferred":
        return "unknown", words, f"put off, {sent.attempts} times: {words}"
    return "unknown", "", f"{failure.stage}: {words}"


def _addresses(profile: Profile) -> Addresses:
    key, settings, message = f"profiles.{profile.name}", profile.inbound, profile.message
    given = bare(message.from_address, f"{key}.message.from")
    null_mx = settings.null_mx_sender
    if null_mx and "@" not in null_mx:
        null_mx = f"postmaster@{null_mx}"
    return Addresses(
        honest=bare(settings.mail_from, f"{key}.inbound.mail_from") if settings.mail_from else given,
        forged=bare(settings.forged_from, f"{key}.inbound.forged_from") if settings.forged_from else given,
        recipient=bare(profile.recipients[0].address, f"{key}.message.to"),
        null_mx=bare(null_mx, f"{key}.inbound.null_mx_sender") if null_mx else "",
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
    """The server of the recipient: the one named, or its best MX; spoken to as other servers speak to it."""
    from mailproof.config import SubmitSettings

    host, port = profile.inbound.server, 25
    if host:
        found = _HOST_AND_PORT.match(host)
        if found is None or not 0 < int(found[3] or 25) < 65536:
            raise ConfigError(
                f"profiles.{profile.name}.inbound.server: {host!r}: write host, host:port or [v6]:port"
            )
        host, port = found[1] or found[2], int(found[3] or 25)
    else:
        host = await _best_mx(domain_of(recipient), resolver)
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


def _public(resolve: Resolve | None, allowed: tuple[str, ...]) -> Resolve:
    """Only public addresses, as everywhere where the DNS names the host; ``inbound.server`` may be any."""
    from mailproof.mail.connect import system_resolve

    async def public(host: str) -> Sequence[str]:
        found = tuple(await (resolve or system_resolve)(host))
        usable = tuple(address for address in found if not refusal(address, allowed))
        if found and not usable:
            raise OSError(
                "it has no address on the public Internet; for a server of your own set inbound.server"
            )
        return usable

    return public


async def _best_mx(domain: str, resolver: MemoResolver) -> str:
    answer = await resolver.query(domain, "MX")
    if answer.status == "nodata":
        return domain
    if answer.status != "ok":
        raise UsageError(
            f"the MX records of {domain} could not be looked up ({answer.status}): nothing was sent"
        )
    hosts = sorted((getattr(record, "preference", 0), exchange(record)) for record in answer.records)
    if hosts[0][1] == ".":
        raise UsageError(f"{domain} takes no mail (null MX): nothing was sent")
    return hosts[0][1].rstrip(".")
