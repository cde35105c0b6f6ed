"""SMTP servers that drop the connection: after the final dot, delivery is uncertain."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from mailproof.checks import registry
from mailproof.config import Credential, MessageSettings, Profile, RetrieveSettings, SubmitSettings
from mailproof.credentials import Secret
from mailproof.engine.judge import judge
from mailproof.mail import sasl
from mailproof.mail.probe import Probe
from mailproof.model import DeliveryFacts
from tests.hostile.actors import Imap, Pop3, again, drip, listing, once
from tests.support.cli import report_of
from tests.support.mail_servers import Peer, talking
from tests.support.process import ended, send, started

End = Callable[[Peer], Awaitable[None]]


class Submission:
    """A server that takes a message up to its final dot, then calls ``end``."""

    def __init__(self, end: End, folder: Path, *, delivers: bool) -> None:
        self._end, self._folder, self._delivers = end, folder, delivers
        self.connections = 0
        self.dot = asyncio.Event()

    async def talk(self, peer: Peer) -> None:
        self.connections += 1
        await peer.say("220 mx.example ESMTP")
        while True:
            command = await peer.hear()
            if command == "DATA":
                break
            await peer.say("250 OK" if not command.startswith("QUIT") else "221 bye")
        await peer.say("354 go")
        lines = []
        while (line := await peer.hear()) != ".":
            lines.append(line)
        if self._delivers:
            raw = "\r\n".join(["Received: from a by b; Mon, 23 Nov 2026 12:00:00 +0000", *lines, ""])
            (self._folder / "new" / "m1").write_bytes(raw.encode())
        self.dot.set()
        await self._end(peer)


async def close(peer: Peer) -> None:
    """Close the connection."""


async def reset(peer: Peer) -> None:
    """Reset the connection."""
    peer.writer.transport.abort()


async def silence(peer: Peer) -> None:
    """Send nothing."""
    await peer.hear()


async def half(peer: Peer) -> None:
    """Close the connection in the middle of a reply."""
    await peer.raw(b"250-2.0.0 Ok\r\n250 2.0.")


async def nonsense(peer: Peer) -> None:
    """Send something that is not a reply."""
    await peer.raw(b"* OK completed\r\n")


async def flood(peer: Peer) -> None:
    """Send an endless reply."""
    await again(b"250-more")(peer, "", "")


def profile(port: int, folder: Path, timeout: float = 0.4) -> Profile:
    for part in ("new", "cur", "tmp"):
        (folder / part).mkdir(parents=True, exist_ok=True)
    return Profile(
        "test",
        SubmitSettings(
            host="127.0.0.1", port=port, security="plain", timeout=timeout, retry_for=5.0, retry_interval=0.1
        ),
        MessageSettings("News <news@acme.example>", "probe@r.example"),
        RetrieveSettings(kind="maildir", path=folder, deadline=0.5),
    )


async def probed(server: Submission, folder: Path) -> DeliveryFacts:
    async with talking(server.talk) as port:
        probe = Probe(profile(port, folder))
        await probe.run()
    return probe.result.delivery


@pytest.mark.parametrize("delivers", [True, False])
@pytest.mark.parametrize("end", [close, reset, silence, half, nonsense, flood])
async def test_after_the_final_dot_it_is_in_doubt(end: End, delivers: bool, tmp_path: Path) -> None:
    server = Submission(end, tmp_path, delivers=delivers)
    facts = await probed(server, tmp_path)
    assert facts.submission is not None
    assert (facts.submission.accepted, facts.submission.in_doubt) == (False, True)
    assert facts.submission.failure is not None
    assert "after the final dot" in facts.submission.failure.reason
    assert facts.retrieval is not None
    assert facts.retrieval.result == ("found" if delivers else "deadline")
    assert server.connections == 1, "a second attempt would deliver it twice"
    outcomes = {each.check: each for each in judge(registry.checks("delivery"), facts, "acme.example")}
    (finding,) = outcomes["SMTP024"].findings
    assert "may or may not have accepted the message" in finding.message
    assert ("It did: the message arrived" in finding.message) is delivers
    assert outcomes["RECV001"].status == ("pass" if delivers else "unknown")


@pytest.mark.parametrize(
    ("reply", "accepted"), [("250 2.0.0 Ok", True), ("550 5.7.1 no", False), ("452 4.3.1 full", False)]
)
async def test_an_answer_leaves_no_doubt(reply: str, accepted: bool, tmp_path: Path) -> None:
    async def answer(peer: Peer) -> None:
        await peer.say(reply)
        await peer.hear()

    async with talking(Submission(answer, tmp_path, delivers=False).talk) as port:
        settings = profile(port, tmp_path)
        probe = Probe(settings)
        task = asyncio.create_task(probe.run())
        await asyncio.wait({task}, timeout=2)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    facts = probe.result.delivery.submission
    assert facts is not None
    assert (facts.accepted, facts.in_doubt) == (accepted, False)


async def test_before_the_final_dot_it_is_not_sent(tmp_path: Path) -> None:
    async def talk(peer: Peer) -> None:
        await peer.say("220 mx.example ESMTP")
        while await peer.hear() != "DATA":
            await peer.say("250 OK")
        peer.writer.transport.abort()

    async with talking(talk) as port:
        probe = Probe(profile(port, tmp_path))
        await probe.run()
    facts = probe.result.delivery
    assert facts.submission is not None
    assert not facts.submission.in_doubt
    assert facts.retrieval is not None
    assert facts.retrieval.result == "skipped"


async def test_cancelled_after_the_final_dot(tmp_path: Path) -> None:
    server = Submission(silence, tmp_path, delivers=False)
    async with talking(server.talk) as port:
        probe = Probe(profile(port, tmp_path, timeout=30))
        task = asyncio.create_task(probe.run())
        await server.dot.wait()
        await asyncio.sleep(0.1)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    facts = probe.result.delivery.submission
    assert facts is not None
    assert facts.in_doubt
    assert (
        facts.dialogue[-1]
        == "-- interrupted after the final dot: the server may or may not have accepted the message"
    )


async def test_ctrl_c_after_the_final_dot(tmp_path: Path) -> None:
    profile(0, tmp_path)  # the folders
    server = Submission(silence, tmp_path, delivers=False)
    async with talking(server.talk) as port:
        report = await interrupted_probe(port, server.dot, tmp_path, "--maildir", str(tmp_path))
    assert report["facts"]["delivery"]["submission"]["in_doubt"] is True
    outcomes = {each["check"]: each for each in report["outcomes"]}
    assert "up to its final dot, but there was no answer" in outcomes["SMTP024"]["reason"]


@pytest.mark.parametrize(
    ("server", "kind"),
    [
        pytest.param(Imap({"LOGIN": again(b"* 1 EXISTS")}), "imap", id="IMAP LOGIN flood"),
        pytest.param(Imap({"CAPABILITY": drip(b"* CAPABILITY X")}), "imap", id="IMAP CAPABILITY drips"),
        pytest.param(Pop3({"CAPA": listing(again(b"X"))}), "pop3", id="POP3 CAPA flood"),
    ],
)
async def test_ctrl_c_while_a_mailbox_talks_without_end(
    server: Imap | Pop3, kind: str, tmp_path: Path
) -> None:
    async with talking(server.talk) as port:
        mailbox = (f"--{kind}", f"127.0.0.1:{port}", "--mailbox-user", "u", "--mailbox-password-env", "PW")
        report = await interrupted_probe(
            port, server.started, tmp_path, *mailbox, "--mailbox-security", "plain", "--allow-plaintext-auth"
        )
    assert report["interrupted"] is True
    assert report["facts"]["delivery"]["retrieval"]["result"] in ("interrupted", "error")


async def interrupted_probe(port: int, ready: asyncio.Event, folder: Path, *mailbox: str) -> dict[str, Any]:
    """The report of a probe that is interrupted with Ctrl-C when the server is ready."""
    zone = folder / "acme.zone"
    zone.write_text('$ORIGIN acme.example.\n@ 300 IN TXT "v=spf1 -all"\n')
    options = (
        *("--smtp", f"127.0.0.1:{port}", "--smtp-security", "plain", *mailbox),
        *("--from", "a@acme.example", "--to", "b@x.example", "--zone", str(zone), "--offline", "-f", "json"),
    )
    with started("probe", *options, environment={"PW": "pw"}) as process:
        async with asyncio.timeout(120):
            await ready.wait()
        send(process, signal.SIGINT)
        out, _err = await asyncio.to_thread(ended, process)
    assert process.returncode == 130
    report: dict[str, Any] = report_of(out)
    return report


@pytest.mark.parametrize(
    ("talk", "stage"),
    [
        pytest.param(drip(b"220-wait"), "greeting", id="greeting drips"),
        pytest.param(again(b"220-wait"), "greeting", id="greeting without end"),
        pytest.param(once(b"220 " + b"x" * 100_000), "greeting", id="endless line"),
    ],
)
async def test_talk_without_end(talk: Callable[..., Awaitable[None]], stage: str, tmp_path: Path) -> None:
    async with talking(lambda peer: talk(peer, "", "")) as port:
        probe = Probe(profile(port, tmp_path))
        await probe.run()
    facts = probe.result.delivery.submission
    assert facts is not None
    assert facts.failure is not None
    assert facts.failure.stage == stage


@pytest.mark.parametrize(
    "count", ["10000000", "1000001", "9999999999", "1" * 5_000, "0", "-1", "+5000", "5_000", "٥٠٠٠", "²", ""]
)
def test_scram_hashes_no_more_than_a_bounded_number_of_rounds(
    count: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    import scramp.core

    rounds: list[int] = []

    def counted(*given: Any) -> bytes:
        rounds.append(given[-1])
        return b"\0" * 32

    monkeypatch.setattr(scramp.core, "hi", counted)
    mechanism = sasl.Mechanism("SCRAM-SHA-256", sasl.Login("u", password=Secret("p")))
    nonce = (mechanism.initial() or b"").decode().rpartition("r=")[2]
    with pytest.raises(sasl.SaslError):
        mechanism.respond(f"r={nonce}x,s=c2FsdHNhbHRzYWx0c2FsdA==,i={count}".encode())
    assert rounds == []


async def test_password_that_saslprep_forbids_costs_no_report(tmp_path: Path) -> None:
    async def talk(peer: Peer) -> None:
        await peer.say("220 mx.example ESMTP")
        await peer.hear()
        await peer.say("250-mx.example", "250 AUTH SCRAM-SHA-256")
        await peer.hear()

    async with talking(talk) as port:
        settings = SubmitSettings(
            host="127.0.0.1",
            port=port,
            security="plain",
            username="u",
            password=Credential.of("secret\ue000word"),
            allow_plaintext_auth=True,
            timeout=2.0,
        )
        probe = Probe(Profile("test", settings, MessageSettings("a@acme.example", "b@r.example")))
        await probe.run()
    facts = probe.result.delivery.submission
    assert facts is not None
    assert facts.failure is not None
    assert (facts.failure.stage, facts.failure.kind) == ("auth", "local")
    assert "secret" not in facts.failure.reason
