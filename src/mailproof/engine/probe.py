"""The whole job: audit the From domain, send, fetch back, verify, and one report."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from mailproof.checks import registry
from mailproof.dns import MemoResolver, Resolver
from mailproof.dns.text import to_ascii
from mailproof.engine.fixes import NO_TIME, Fixer, in_words
from mailproof.engine.hiding import without_secrets
from mailproof.engine.judge import judge, judge_domain
from mailproof.engine.message_receivers import with_message_receivers
from mailproof.engine.relate import relate
from mailproof.engine.report import build_report, rules_of
from mailproof.engine.session import Session
from mailproof.engine.verify import VerifyOptions, judge_message, message_facts
from mailproof.errors import UsageError
from mailproof.facts.domain import DomainOptions, collect_domain
from mailproof.facts.stop import Stop
from mailproof.model import DeliveryFacts, DomainFacts, Facts, MessageFacts, Outcome, Report
from mailproof.redaction import hide
from mailproof.structs import replace

if TYPE_CHECKING:
    from mailproof.config import FilterSettings, Profile

#: The topics of the domains in play: what they are for is known, and no receiver is compared.
JUDGED = tuple(
    topic.name
    for topic in registry.TOPICS
    if topic.kind == "domain" and topic.name not in ("profile", "receivers")
)
#: What is collected of a domain that is in play without being the From domain. Its topics are checked.
RETURN_PATH = ("domain", "near", "spf", "mx", "wildcard", "misplaced")
SIGNER = ("dkim", "misplaced")
#: No message makes us audit more signing domains than this.
MOST_SIGNERS = 5


async def probe(
    profile: Profile,
    session: Session,
    *,
    resolve: Callable[[str], Awaitable[Sequence[str]]] | None = None,
    progress: Callable[[str, float], None] | None = None,
    filters: FilterSettings | None = None,
    dry_run: bool = False,
) -> Report:
    """Run one probe. See ``mailproof.probe_async``.

    ``resolve`` finds the addresses of the servers; ``filters`` replace those of the configuration.
    """
    from mailproof.config.permits import permitted_filters
    from mailproof.mail.probe import Probe

    config = session.config
    if filters is None and config is not None:
        filters = permitted_filters(config)
    async with session.work(to_the_end=True) as work:
        memo, stop = work.resolver, work.stop

        def show(event: str, left: float) -> None:
            if progress is not None:
                progress(hide(event), left)

        delivering = Probe(profile, resolve=resolve, progress=show, now=work.started, dry_run=dry_run)
        token, from_domain = delivering.message.token, _domain_of(delivering.message.from_address)
        selectors = config.selectors_of(from_domain) if config is not None else ()
        plan = _Plan(
            from_domain, _domain_of(delivering.message.mail_from), tuple((s, "given") for s in selectors)
        )
        # The audit needs no message: it runs while the probe is under way.
        audit = asyncio.ensure_future(_collect(plan, None, memo, stop))
        sending = asyncio.ensure_future(delivering.run())
        try:
            await stop.wait_for((sending,))
            if not sending.cancelled():
                sending.result()
            arrived, message = delivering.result.arrived, None
            if arrived is not None:
                options = VerifyOptions(source=f"probe {token}", filters=filters)
                message = await message_facts(arrived, memo, options, now=datetime.now(UTC), stop=stop)
            domains = await audit
        finally:
            audit.cancel()
            await asyncio.gather(audit, return_exceptions=True)
        if message is not None and not stop.stopped:
            domains = await _collect(plan, message, memo, stop)
        delivery = delivering.result.delivery
        if message is not None and delivery.comparison is not None:
            from mailproof.mail.compare import placed

            delivery = replace(delivery, comparison=placed(delivery.comparison, message.dkim))
        outcomes = _judge(plan, domains, delivery, message)
        if message is not None:
            message = with_message_receivers(message, outcomes)
        rules = rules_of(outcomes)
        report = build_report(
            from_domain,
            work.started,
            relate(outcomes, rules),
            Facts(dns=domains[0], message=message, delivery=delivery, domains=domains[1:]),
            rules,
            resolver=memo,
            elapsed_s=work.elapsed_s,
            stop=stop,
        )
        if stop.stopped:
            return without_secrets(in_words(report, NO_TIME))

        async def again(resolver: Resolver) -> Report:
            found = await _collect(plan, message, MemoResolver(resolver), stop)
            judged = _judge(plan, found, delivery, message)
            facts = Facts(dns=found[0], domains=found[1:])
            return build_report(from_domain, work.started, judged, facts, ())

        return without_secrets(await Fixer(report, memo, again).proven())


class _Plan:
    """The domains in play, and what to check in each."""

    def __init__(self, from_domain: str, return_domain: str, selectors: tuple[tuple[str, str], ...]) -> None:
        self.from_domain, self.return_domain, self.selectors = from_domain, return_domain, selectors

    def options(self, message: MessageFacts | None) -> dict[str, DomainOptions]:
        """Domain -> what to collect; the From domain first."""
        seen = self._seen(message)
        own = (*self.selectors, *seen.pop(self.from_domain, ()))
        plan = {self.from_domain: DomainOptions(selectors=own)}
        arrived = message.envelope.mail_from if message is not None else None
        # A service may put its own return path in place of ours: both are then in play.
        for domain in (self.return_domain, _domain_of(arrived or "")):
            if domain and domain not in plan:
                plan[domain] = DomainOptions(collectors=RETURN_PATH, misplaced=("spf",))
        for domain, selectors in tuple(seen.items())[:MOST_SIGNERS]:
            known = plan.get(domain, DomainOptions(collectors=(), misplaced=()))
            plan[domain] = DomainOptions(
                selectors=selectors,
                collectors=(*(known.collectors or ()), *SIGNER),
                misplaced=(*known.misplaced, "dkim"),
                discover=False,
            )
        return plan

    def _seen(self, message: MessageFacts | None) -> dict[str, tuple[tuple[str, str], ...]]:
        """Signing domain -> the selectors seen in the message."""
        seen: dict[str, tuple[tuple[str, str], ...]] = {}
        for verdict in message.dkim if message is not None else ():
            if verdict.domain and verdict.selector:
                seen[verdict.domain] = (*seen.get(verdict.domain, ()), (verdict.selector, "message"))
        return seen


async def _collect(
    plan: _Plan, message: MessageFacts | None, memo: MemoResolver, stop: Stop
) -> tuple[DomainFacts, ...]:
    work = (collect_domain(domain, memo, options, stop) for domain, options in plan.options(message).items())
    return tuple(await asyncio.gather(*work))


def _judge(
    plan: _Plan, domains: Sequence[DomainFacts], delivery: DeliveryFacts, message: MessageFacts | None
) -> tuple[Outcome, ...]:
    """The delivery first, then the DNS (a cause), then the message (often its effect)."""
    outcomes = judge(registry.checks("delivery"), delivery, plan.from_domain)
    options = plan.options(message)
    for facts in domains:
        judged = tuple(topic for topic in JUDGED if options[facts.domain].runs(topic))
        outcomes += judge_domain(facts, registry.of_topics(*judged))
    if message is not None:
        outcomes += judge_message(message)
    return outcomes


def _domain_of(address: str) -> str:
    """The domain of an address in A-labels, "" where it has none that could be asked for."""
    try:
        return to_ascii(address.rpartition("@")[2].strip("<> "))
    except UsageError:
        return ""
