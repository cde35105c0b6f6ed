"""Runs a demo world in a separate thread, so that the command line can be tested against it."""

from __future__ import annotations

import asyncio
import concurrent.futures
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from mailproof.demo.scenarios import SCENARIOS, Scenario
from mailproof.demo.world import RECIPIENT, USER, DemoWorld


@contextmanager
def demo_world(name: str | Scenario = "healthy") -> Iterator[DemoWorld]:
    """Run the world of a scenario until the block ends."""
    scenario = name if isinstance(name, Scenario) else next(s for s in SCENARIOS if s.name == name)
    loop = asyncio.new_event_loop()
    ready: concurrent.futures.Future[DemoWorld] = concurrent.futures.Future()
    over = asyncio.Event()

    async def live() -> None:
        try:
            async with DemoWorld(scenario) as world:
                ready.set_result(world)
                await over.wait()
        except BaseException as error:
            if ready.done():
                raise
            ready.set_exception(error)

    thread = threading.Thread(target=lambda: loop.run_until_complete(live()), daemon=True)
    thread.start()
    try:
        yield ready.result(20)
    finally:
        loop.call_soon_threadsafe(over.set)
        thread.join(20)
        assert not thread.is_alive()
        loop.close()


def submission_options(world: DemoWorld) -> tuple[str, ...]:
    """The options of ``mailproof probe`` to submit through the world; the password is in $PW."""
    return (
        *("--smtp", f"127.0.0.1:{world.submission.port}", "--smtp-security", "starttls"),
        *("--smtp-user", USER, "--smtp-password-env", "PW", "--ehlo", "desk.acme.example"),
        *("--from", f"Ada <{USER}>", "--to", RECIPIENT, "--mail-from", "bounce@acme.example"),
        *("--ca-file", str(world.authorities), "--nameserver", world.dns.address),
    )


def mailbox_options(world: DemoWorld) -> tuple[str, ...]:
    """The options of ``mailproof probe`` to retrieve from the world; the password is in $PW."""
    return (
        *("--imap", f"127.0.0.1:{world.imap.port}", "--mailbox-security", "tls"),
        *("--mailbox-user", RECIPIENT, "--mailbox-password-env", "PW", "--deadline", "20"),
    )
