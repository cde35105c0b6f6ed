"""Probes a demo world, as a user would probe the real one."""

from __future__ import annotations

from collections.abc import Callable

from mailproof.demo.scenarios import Scenario
from mailproof.demo.world import DemoWorld
from mailproof.engine.probe import probe
from mailproof.engine.session import Session
from mailproof.facts.stop import Stop
from mailproof.model import Report


async def probe_scenario(
    scenario: Scenario,
    *,
    deadline: float = 5.0,
    progress: Callable[[str, float], None] | None = None,
    stop: Stop | None = None,
) -> Report:
    """Start the scenario's world, send a probe through it, and report. ``deadline`` in seconds."""
    async with (
        DemoWorld(scenario, deadline=deadline) as world,
        Session(world.resolver, stop=stop) as session,
    ):
        return await probe(world.profile, session, resolve=world.resolve, progress=progress)
