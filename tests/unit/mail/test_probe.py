"""End to end on loopback: compose, submit, fetch back, compare."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import Unpack

import pytest
from aiosmtpd.smtp import Envelope

from mailproof.checks import registry
from mailproof.config import MessageSettings, Profile, RetrieveSettings, SubmitSettings
from mailproof.engine.judge import judge
from mailproof.mail.login import Means, Progress
from mailproof.mail.probe import Probe, ProbeResult
from mailproof.model import SmtpSubmission
from mailproof.structs import replace
from tests.support.mail_servers import Peer, Store, submission_server, talking
from tests.support.settings import SubmitChanges


async def run(settings: Profile, progress: Progress | None = None) -> ProbeResult:
    probe = Probe(settings, Means(progress=progress))
    await probe.run()
    return probe.result


def profile(port: int, folder: Path, **submit: Unpack[SubmitChanges]) -> Profile:
    for part in ("new", "cur", "tmp"):
        (folder / part).mkdir(parents=True, exist_ok=True)
    settings = SubmitSettings(host="127.0.0.1", port=port, security="plain", timeout=3.0, retry_for=0.0)
    return Profile(
        "test",
        replace(settings, **submit),
        MessageSettings("News <news@acme.example>", "probe@r.example", mail_from="bounce@acme.example"),
        RetrieveSettings(kind="maildir", path=folder, deadline=4.0, remove=True),
    )


def deliver_to(folder: Path, footer: bytes = b"") -> Store:
    def deliver(envelope: Envelope) -> None:
        content = envelope.content
        assert isinstance(content, bytes)
        raw = b"Received: from x by mx.r.example; Mon, 23 Nov 2026 12:00:00 +0000\r\n" + content + footer
        (folder / "new" / f"m{time.monotonic_ns()}").write_bytes(raw)

    return Store(on_message=deliver)


async def test_round_trip(tmp_path: Path) -> None:
    told: list[str] = []
    async with submission_server(deliver_to(tmp_path)) as port:
        result = await run(profile(port, tmp_path), progress=lambda event, left: told.append(event))
    facts = result.delivery
    assert facts.submission is not None
    assert facts.submission.accepted
    assert facts.retrieval is not None
    assert (facts.retrieval.result, facts.retrieval.removed) == ("found", True)
    assert facts.comparison is not None
    assert facts.comparison.body_intact
    assert facts.mail_from == "bounce@acme.example"
    assert facts.from_address == "news@acme.example"
    assert result.arrived is not None
    assert facts.token.encode() in result.arrived
    assert told[0].startswith("opening the mailbox")


async def test_refused_submission_does_not_wait(tmp_path: Path) -> None:
    store = Store(at_rcpt=["550 5.1.1 no"])
    async with submission_server(store) as port:
        result = await run(profile(port, tmp_path))
    assert result.delivery.retrieval is not None
    assert result.delivery.retrieval.result == "skipped"


async def test_unusable_mailbox_does_not_stop_the_submission(tmp_path: Path) -> None:
    async with submission_server(Store()) as port:
        chosen = profile(port, tmp_path)
        (tmp_path / "test").write_bytes(b"a file")
        broken = replace(chosen, retrieve=RetrieveSettings(kind="maildir", path=tmp_path / "test"))
        result = await run(broken)
    assert result.delivery.submission is not None
    assert result.delivery.submission.accepted
    assert result.delivery.retrieval is not None
    assert result.delivery.retrieval.result == "error"


async def test_interrupted_probe_keeps_what_it_knows(tmp_path: Path) -> None:
    async with submission_server(Store()) as port:
        probe = Probe(profile(port, tmp_path))
        task = asyncio.create_task(probe.run())
        await asyncio.sleep(1.0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    facts = probe.result.delivery
    assert facts.submission is not None
    assert facts.submission.accepted
    assert facts.retrieval is not None
    assert facts.retrieval.result == "interrupted"


async def test_interrupted_submission_keeps_the_dialogue(tmp_path: Path) -> None:
    async def talk(peer: Peer) -> None:
        await peer.say("220 slow.example")
        await peer.hear()
        await asyncio.sleep(600)

    async with talking(talk) as port:
        probe = Probe(profile(port, tmp_path, timeout=300.0))
        task = asyncio.create_task(probe.run())
        await asyncio.sleep(0.5)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    facts = probe.result.delivery
    assert isinstance(facts.submission, SmtpSubmission)
    assert facts.submission.greeting == "slow.example"
    found = {o.check: o.status for o in judge(registry.checks("delivery"), facts, "acme.example")}
    assert found["SMTP020"] == "unknown"
    assert found["RECV001"] == "unknown"


async def test_footer_on_the_way(tmp_path: Path) -> None:
    async with submission_server(deliver_to(tmp_path, b"\r\nfooter\r\n")) as port:
        result = await run(profile(port, tmp_path))
    assert result.delivery.comparison is not None
    assert not result.delivery.comparison.body_intact
