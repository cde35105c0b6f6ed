"""The verification of messages."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterable
from datetime import datetime
from functools import cache
from itertools import takewhile
from typing import TYPE_CHECKING

from msgspec import Struct

from mailproof.checks import registry
from mailproof.checks.base import Check
from mailproof.engine.hiding import without_secrets
from mailproof.engine.judge import judge
from mailproof.engine.message_receivers import with_message_receivers
from mailproof.engine.report import report_of
from mailproof.engine.session import Session, Work
from mailproof.errors import MessageError
from mailproof.facts.message import MessageOptions, collect_message
from mailproof.model import Facts, MessageFacts, Outcome, Report
from mailproof.records.message import OUTLOOK, parse_message
from mailproof.structs import replace

if TYPE_CHECKING:
    from mailproof.config import FilterSettings
    from mailproof.mail.saved import SavedMessage


class VerifyOptions(MessageOptions, frozen=True):
    """What is known of a message, and the spam filters to ask about it."""

    filters: FilterSettings | None = None


DEFAULTS = VerifyOptions()


class Unread(Struct, frozen=True):
    """A message that could not be read, and why."""

    source: str
    problem: str


def verify(
    messages: Iterable[SavedMessage], session: Session, options: VerifyOptions = DEFAULTS
) -> AsyncGenerator[Report | Unread, None]:
    """Verify several messages; yield each result as soon as possible. Starts none after a stop."""
    begun = takewhile(lambda each: not (each[0] and session.stop.stopped), enumerate(messages))
    return session.in_order(begun, lambda each: verify_saved(each[1], session, options), at_once=1)


async def verify_saved(
    message: SavedMessage, session: Session, options: VerifyOptions = DEFAULTS
) -> Report | Unread:
    """Verify a saved message, or return why it could not be read."""
    if message.problem:
        return Unread(message.source, message.problem)
    own = replace(options, source=message.source, kept=message.kept)
    try:
        return await verify_message(message.raw, session, own)
    except MessageError as error:
        return Unread(message.source, str(error))


async def verify_message(raw: bytes, session: Session, options: VerifyOptions = DEFAULTS) -> Report:
    """Verify one message. Raises MessageError if it is not a message, UsageError for bad options."""
    if raw.startswith(OUTLOOK):
        from mailproof.mail.saved import split

        saved = next(split(raw, options.source))
        raw, options = saved.raw, replace(options, source=saved.source, kept=saved.kept)
    async with session.work(to_the_end=True) as work:
        facts = await message_facts(raw, work, options, now=work.started)
        outcomes = judge_message(facts)
        facts = with_message_receivers(facts, outcomes)
        return without_secrets(report_of(work, subject_of(facts), outcomes, Facts(message=facts)))


async def message_facts(raw: bytes, work: Work, options: VerifyOptions, *, now: datetime) -> MessageFacts:
    """The facts of a message, including the filters' answers. Raises MessageError if it is not a message."""
    facts = await collect_message(raw, work.resolver, options, now=now)
    if not options.filters:
        return facts
    from mailproof.facts.filters import ask_filters

    octets = parse_message(raw).to_bytes()
    asked = await ask_filters(octets, facts, options.filters, work.resolver, work.stop)
    return replace(facts, asked_filters=asked)


def judge_message(facts: MessageFacts) -> tuple[Outcome, ...]:
    """The outcomes of all message checks, which are skipped for a receiver's report."""
    if facts.is_report:
        reason = f"it has the form of {facts.report}"
        return tuple(Outcome(each.rule.id, subject_of(facts), "skipped", (), reason) for each in _checks())
    return judge(_checks(), facts, subject_of(facts), facts.failures)


@cache
def _checks() -> tuple[Check[MessageFacts], ...]:
    return registry.checks("message")


def subject_of(facts: MessageFacts) -> str:
    """What a report on a message is about: its From domain, else its source."""
    return facts.from_domain or facts.source or "message"
