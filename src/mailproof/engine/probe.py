"""The whole job: audit the From domain, send, fetch back, verify, and one report."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from mailproof.dns import Resolver
from mailproof.engine.report import build_report
from mailproof.engine.session import run_resolver
from mailproof.engine.verify import message_facts
from mailproof.facts.stop import Stop
from mailproof.model import Facts, Report

if TYPE_CHECKING:
    from mailproof.config import Config, Profile

#: What is judged of a domain that is in play without being the From domain.
RETURN_PATH_TOPICS = ("domain", "spf", "mx")
SIGNER_TOPICS = ("dkim",)
#: No message makes us audit more domains than this.
MOST_SIGNERS = 5


async def probe_async(
    profile: str | Profile = "",
    config: Config | None = None,
    *,
    resolver: Resolver | None = None,
    resolve: Callable[[str], Awaitable[Sequence[str]]] | None = None,
    progress: Callable[[str, float], None] | None = None,
    now: datetime | None = None,
    stop: Stop | None = None,
) -> Report:
    """Run one probe. See ``mailproof.probe_async``; ``resolve`` finds the addresses of the servers."""
    from mailproof.mail.probe import Probe

    if isinstance(profile, str):
        from mailproof.config import load_config

        config = config or load_config()
        profile = config.profile(profile or None)
    started, clock = now or datetime.now(UTC), time.perf_counter()
    stop = stop or Stop()
    probe = Probe(profile, resolve=resolve, progress=progress, now=started)
    async with run_resolver(resolver) as memo:
        from_domain, return_domain = probe.from_domain, probe.return_path_domain
        selectors = config.selectors_of(from_domain) if config else ()
        given = tuple((selector, "given") for selector in selectors)
        audit = asyncio.ensure_future(
            _audits(from_domain, return_domain, memo, given, MessageFactsOf(None), stop)
        )
        sending = asyncio.ensure_future(probe.run())
        try:
            await stop.wait_for((sending,))
            if sending.done() and not sending.cancelled():
                sending.result()
            message = None
            if probe.arrived is not None:
                message = await message_facts(
                    probe.arrived, memo, now=datetime.now(UTC), source=f"probe {probe.delivery.token}"
                )
            facts = await audit
        finally:
            audit.cancel()
            await asyncio.gather(audit, return_exceptions=True)
        if message is not None:
            facts = await _audits(from_domain, return_domain, memo, given, MessageFactsOf(message), stop)
        return build_report(
            from_domain,
            started,
            _outcomes(probe, facts, message),
            Facts(dns=facts[0], message=message, delivery=probe.delivery, domains=facts[1:]),
            resolver=memo,
            elapsed_s=time.perf_counter() - clock,
            interrupted=stop.interrupted,
        )
