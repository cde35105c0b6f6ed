"""The probe: audit the From domain, send, fetch back, verify, and report."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime

from msgspec import Struct

from mailproof.checks import registry
from mailproof.config import FilterSettings, Profile
from mailproof.dns import MemoResolver, Resolver
from mailproof.engine.fix_results import in_words
from mailproof.engine.fixes import NO_TIME, Fixer
from mailproof.engine.hiding import without_secrets
from mailproof.engine.judge import judge, judge_domain
from mailproof.engine.message_receivers import with_message_receivers
from mailproof.engine.placements import placement_of
from mailproof.engine.recipient_side import collect_sides
from mailproof.engine.recipients import merge_outcomes
from mailproof.engine.report import report_of
from mailproof.engine.session import Session, Work
from mailproof.engine.verify import VerifyOptions, judge_message, message_facts
from mailproof.facts.domain import DomainOptions, collect_domain
from mailproof.facts.stop import Stop
from mailproof.facts.transport_options import TransportOptions
from mailproof.mail.probe import ProbeResult
from mailproof.model import DomainFacts, Facts, MessageFacts, Outcome, RecipientFacts, Report
from mailproof.records.mailboxes import address_domain
from mailproof.structs import replace

#: The topics checked for the domains involved: they do send, and no receivers are compared.
JUDGED = tuple(
    topic.name
    for topic in registry.TOPICS
    if topic.kind == "domain" and topic.name not in ("profile", "receivers")
)
#: What is collected for a domain that is involved but is not the From domain. The same topics are checked.
RETURN_PATH = ("domain", "near", "spf", "mx", "wildcard", "misplaced")
SIGNER = ("dkim", "misplaced")
#: Signing domains audited for one message.
MOST_SIGNERS = 5


async def probe(
    profile: Profile,
    session: Session,
    *,
    resolve: Callable[[str], Awaitable[Sequence[str]]] | None = None,
    progress: Callable[[str, float], None] | None = None,
    filters: FilterSettings | None = None,
    dry_run: bool = False,
    connect: bool | None = None,
    transport: TransportOptions | None = None,
) -> Report:
    """Run one probe. See ``mailproof.probe_async``.

    ``resolve`` resolves the addresses of the servers; ``filters`` override those of the configuration.
    ``connect`` says whether to connect to the mail hosts of a recipient that the message did not reach (None:
    if the answers come from the live DNS), and ``transport`` configures that.
    """
    from mailproof.config.permits import permitted_filters
    from mailproof.mail.login import Means
    from mailproof.mail.probes import Probes

    if filters is None and session.config is not None:
        filters = permitted_filters(session.config)
    async with session.work(to_the_end=True) as work:
        memo, stop = work.resolver, work.stop
        delivering = Probes(profile, Means(resolve, progress, work.started), dry_run=dry_run)
        sent = delivering.each[0].message
        from_domain = address_domain(sent.from_address)
        selectors = tuple((each, "given") for each in session.selectors_of(from_domain))
        plan = _Plan(from_domain, address_domain(sent.mail_from), selectors)
        # The audit needs no message: it runs while the probe is in transit.
        audit = asyncio.ensure_future(_collect(plan, (), memo, stop))
        try:
            await stop.run(delivering.run())
            pairs = zip(delivering.recipients, delivering.each, strict=True)
            recipients = tuple(
                [await _received(to.receiver, each.result, work, filters) for to, each in pairs]
            )
            domains = await audit
        finally:
            audit.cancel()
            await asyncio.gather(audit, return_exceptions=True)
        messages = tuple(each.message for each in recipients if each.message is not None)
        if messages and not stop.stopped:
            domains = await _collect(plan, messages, memo, stop)
        sides = await collect_sides(recipients, work, session.connections(connect, transport))
        recipients = sides.recipients
        facts = Facts(
            dns=domains[0],
            message=recipients[0].message,
            delivery=recipients[0].delivery,
            domains=(*domains[1:], *(each for each in sides.domains if each.domain != from_domain)),
            placements=tuple(map(placement_of, recipients)),
            recipients=recipients if len(recipients) > 1 else (),
        )
        report = report_of(work, from_domain, _judge(plan, domains, recipients, sides.outcomes), facts)
        if stop.stopped:
            return without_secrets(in_words(report, NO_TIME))

        async def report_on(resolver: Resolver) -> Report:
            changed = MemoResolver(resolver)
            found = await _collect(plan, messages, changed, stop)
            judged = _judge(plan, found, recipients, sides.outcomes)
            return report_of(
                work, from_domain, judged, Facts(dns=found[0], domains=found[1:]), resolver=changed
            )

        return without_secrets(await Fixer(report, memo, report_on).proven())


async def _received(
    receiver: str, result: ProbeResult, work: Work, filters: FilterSettings | None
) -> RecipientFacts:
    """The facts of one recipient; a message that arrived is verified."""
    from mailproof.mail.compare import placed

    delivery = result.delivery
    if result.arrived is None:
        return RecipientFacts(receiver, delivery)
    options = VerifyOptions(source=f"probe {delivery.token}", filters=filters)
    message = await message_facts(result.arrived, work, options, now=datetime.now(UTC))
    message = with_message_receivers(message, judge_message(message))
    if delivery.comparison is not None:
        delivery = replace(delivery, comparison=placed(delivery.comparison, message.dkim))
    return RecipientFacts(receiver, delivery, message)


class _Plan(Struct, frozen=True):
    """The domains involved, and what to check for each."""

    from_domain: str
    return_domain: str
    selectors: tuple[tuple[str, str], ...]

    def options(self, messages: Sequence[MessageFacts]) -> dict[str, DomainOptions]:
        """Domain -> what to collect; the From domain first."""
        seen: dict[str, dict[tuple[str, str], None]] = {}  # signing domain -> its selectors in the messages
        for verdict in (verdict for message in messages for verdict in message.dkim):
            if verdict.domain and verdict.selector:
                seen.setdefault(verdict.domain, {})[verdict.selector, "message"] = None
        own = (*self.selectors, *seen.pop(self.from_domain, ()))
        plan = {self.from_domain: DomainOptions(selectors=own)}
        arrived = [each.envelope.mail_from or "" for each in messages]
        # A service may replace our return path with its own: both are then involved.
        for domain in (self.return_domain, *dict.fromkeys(map(address_domain, arrived))):
            if domain and domain not in plan:
                plan[domain] = DomainOptions(collectors=RETURN_PATH, misplaced=("spf",))
        for domain, selectors in tuple(seen.items())[:MOST_SIGNERS]:
            known = plan.get(domain, DomainOptions(collectors=(), misplaced=()))
            plan[domain] = DomainOptions(
                selectors=tuple(selectors),
                collectors=(*(known.collectors or ()), *SIGNER),
                misplaced=(*known.misplaced, "dkim"),
                discover=False,
            )
        return plan


async def _collect(
    plan: _Plan, messages: Sequence[MessageFacts], memo: MemoResolver, stop: Stop
) -> tuple[DomainFacts, ...]:
    work = (collect_domain(domain, memo, options, stop) for domain, options in plan.options(messages).items())
    return tuple(await asyncio.gather(*work))


def _judge(
    plan: _Plan,
    domains: Sequence[DomainFacts],
    recipients: Sequence[RecipientFacts],
    sides: tuple[Outcome, ...] = (),
) -> tuple[Outcome, ...]:
    """The outcomes: of deliveries first, then the DNS (causes), then the messages (often their effects).

    ``sides`` are the outcomes of recipients' domains, which take precedence for a domain involved anyway.
    """
    known = {(each.check, each.subject) for each in sides}
    own_dns = _judge_domains(plan, domains, recipients)
    outcomes, dns = merge_outcomes(
        [(each.delivery.recipient, _judge_own(plan, each)) for each in recipients],
        (*(each for each in own_dns if (each.check, each.subject) not in known), *sides),
    )
    of_messages = {check.rule.id for check in registry.checks("message")}
    return (
        *(each for each in outcomes if each.check not in of_messages),
        *dns,
        *(each for each in outcomes if each.check in of_messages),
    )


def _judge_own(plan: _Plan, recipient: RecipientFacts) -> tuple[Outcome, ...]:
    """The outcomes of one delivery and its message."""
    of_delivery = judge(registry.checks("delivery"), recipient.delivery, plan.from_domain)
    return of_delivery + (judge_message(recipient.message) if recipient.message is not None else ())


def _judge_domains(
    plan: _Plan, domains: Sequence[DomainFacts], recipients: Sequence[RecipientFacts]
) -> tuple[Outcome, ...]:
    options = plan.options([each.message for each in recipients if each.message is not None])
    outcomes: tuple[Outcome, ...] = ()
    for facts in domains:
        judged = tuple(topic for topic in JUDGED if options[facts.domain].runs(topic))
        outcomes += judge_domain(facts, registry.of_topics(*judged))
    return outcomes
