"""The verification of one message."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from mailproof.checks.base import Check
from mailproof.dns import MemoResolver, Resolver
from mailproof.engine.judge import judge
from mailproof.engine.message_receivers import with_message_receivers
from mailproof.engine.report import build_report
from mailproof.engine.session import run_resolver
from mailproof.facts.stop import Stop
from mailproof.frozen import replace
from mailproof.model import Facts, KeptContent, MessageFacts, Outcome, Report
from mailproof.records.message import OUTLOOK, parse_message

if TYPE_CHECKING:
    from mailproof.config import FilterSettings


async def verify_async(
    message: bytes,
    ip: str | None = None,
    helo: str | None = None,
    mail_from: str | None = None,
    resolver: Resolver | None = None,
    now: datetime | None = None,
    *,
    trust: str | None = None,
    source: str = "",
    stop: Stop | None = None,
    filters: FilterSettings | None = None,
    kept: KeptContent | None = None,
) -> Report:
    """Verify a message. See ``mailproof.verify``; ``kept`` is content beside a mere header section."""
    started, clock = now or datetime.now(UTC), time.perf_counter()
    stop = stop or Stop()
    if message.startswith(OUTLOOK):
        from mailproof.mail.saved import split

        saved = next(split(message, source))
        message, kept, source = saved.raw, saved.kept, saved.source
    async with run_resolver(resolver, stop) as memo:
        facts = await message_facts(
            message,
            memo,
            ip=ip,
            helo=helo,
            mail_from=mail_from,
            trust=trust,
            source=source,
            now=started,
            filters=filters,
            stop=stop,
            kept=kept,
        )
        outcomes = judge_message(facts)
        return build_report(
            subject_of(facts),
            started,
            outcomes,
            Facts(message=with_message_receivers(facts, outcomes)),
            message_checks(),
            resolver=memo,
            elapsed_s=time.perf_counter() - clock,
            stop=stop,
        )


async def message_facts(
    message: bytes,
    resolver: MemoResolver,
    *,
    now: datetime,
    ip: str | None = None,
    helo: str | None = None,
    mail_from: str | None = None,
    trust: str | None = None,
    source: str = "",
    filters: FilterSettings | None = None,
    stop: Stop | None = None,
    kept: KeptContent | None = None,
) -> MessageFacts:
    """The facts of a message, what the ``filters`` answer among them.

    Raises MessageError where the input is no message at all.
    """
    from mailproof.facts.message import collect_message

    facts = await collect_message(
        message,
        resolver,
        source=source,
        ip=ip,
        helo=helo,
        mail_from=mail_from,
        trust=trust,
        now=now,
        kept=kept,
    )
    if not filters:
        return facts
    from mailproof.facts.filters import ask_filters

    octets = parse_message(message).to_bytes()
    return replace(facts, asked_filters=await ask_filters(octets, facts, filters, resolver, stop))


def judge_message(facts: MessageFacts) -> tuple[Outcome, ...]:
    """The outcomes of all message checks."""
    return judge(message_checks(), facts, subject_of(facts), facts.failures)


def message_checks() -> tuple[Check[MessageFacts], ...]:
    """The checks of a message."""
    from mailproof.checks import registry

    return registry.checks("message")


def subject_of(facts: MessageFacts) -> str:
    """What a report on a message is about: its From domain, else its source."""
    return facts.from_domain or facts.source or "message"
