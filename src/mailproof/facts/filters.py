"""Asks the spam filters that the user configured about a message: SpamAssassin's spamd, and Rspamd.

Their answers are their own current view. A filter that gives no answer has the verdict ``unknown``, with the
reason: that never counts as "no spam".
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from mailproof.config import FilterSettings, RspamdSettings, SpamAssassinSettings
from mailproof.dns import Resolver
from mailproof.dns.together import spawn
from mailproof.errors import UsageError
from mailproof.facts.filters_connect import AskFailed
from mailproof.facts.stop import Stop
from mailproof.model import AskedFilter, AskedProblem, MessageFacts
from mailproof.structs import replace

_Ask = Callable[[], Awaitable[AskedFilter]]


async def ask_filters(
    raw: bytes,
    facts: MessageFacts,
    settings: FilterSettings,
    resolver: Resolver,
    stop: Stop | None = None,
) -> tuple[AskedFilter, ...]:
    """The answers of the configured filters, all asked concurrently.

    ``raw`` are the octets of the message, ``facts`` the facts about it (Rspamd gets the envelope). Never
    raises for what a server does; follows no redirects, and connects only to the configured servers.
    Raises UsageError for invalid settings.
    """
    from mailproof.config.filters import url_problem

    asked: list[tuple[AskedFilter, SpamAssassinSettings | RspamdSettings, _Ask]] = []
    if (spamd := settings.spamassassin) is not None:
        if not spamd.user.isprintable():
            raise UsageError(f"SpamAssassin: the user {spamd.user!r} holds a control character")
        from mailproof.facts.filters_spamd import ask_spamd

        unknown = AskedFilter("SpamAssassin", spamd.server)
        asked.append((unknown, spamd, lambda: ask_spamd(raw, spamd)))
    if (rspamd := settings.rspamd) is not None:
        if problem := url_problem(rspamd.url):
            raise UsageError(f"Rspamd at {rspamd.url!r}: {problem}")
        from mailproof.facts.filters_rspamd import ask_rspamd

        unknown = AskedFilter("Rspamd", rspamd.url)
        asked.append((unknown, rspamd, lambda: ask_rspamd(raw, facts, rspamd, resolver)))
    size = len(raw) if facts.has_body else 0
    tasks = [spawn(_guarded(unknown, size, each, ask)) for unknown, each, ask in asked]
    stop = stop or Stop()
    await stop.wait_for(tasks)
    return tuple(
        _failed(unknown, "stopped", stop.reason) if task.cancelled() else task.result()
        for (unknown, *_), task in zip(asked, tasks, strict=True)
    )


async def _guarded(
    unknown: AskedFilter, size: int, settings: SpamAssassinSettings | RspamdSettings, ask: _Ask
) -> AskedFilter:
    """The answer, or why there is none. ``size`` is that of the message, 0 if only headers were given."""
    if not size:
        return _failed(unknown, "no-body", "only headers were given, but a filter needs the whole message")
    if size > settings.max_size:
        why = f"the message has {size:,} octets, and max_size lets {settings.max_size:,} be sent"
        return _failed(unknown, "too-large", why)
    try:
        async with asyncio.timeout(settings.timeout):
            return await ask()
    except AskFailed as failed:
        return _failed(unknown, failed.code, failed.words)
    except TimeoutError:
        return _failed(unknown, "timeout", f"no complete answer within {settings.timeout:g} s")
    except Exception as error:  # noqa: BLE001 - one failing filter must not cost the report
        return _failed(unknown, "protocol", f"{type(error).__name__}: {error}")


def _failed(unknown: AskedFilter, code: AskedProblem, why: str) -> AskedFilter:
    return replace(unknown, problem=why, problem_code=code)
