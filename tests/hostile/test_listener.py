"""Senders that flood the listener: many connections, large messages, empty lines."""

from __future__ import annotations

import asyncio
import contextlib
import tracemalloc
from collections.abc import AsyncIterator, Iterator

import pytest

from mailproof.config import RetrieveSettings
from mailproof.mail.mailboxes import listening
from mailproof.mail.mailboxes.catch import Catch
from mailproof.mail.mailboxes.limits import MAX_CONNECTIONS
from mailproof.mail.retrieve import Watch
from mailproof.mail.retrieve_listener import ListenerMailbox
from tests.hostile.actors import BOUNCE, BOUNCE_HEADER, LINE, PROBE_HEADER, TOKEN, large
from tests.hostile.watching import MIB


@contextlib.asynccontextmanager
async def listener() -> AsyncIterator[tuple[Watch, int]]:
    """A running listener, and its port."""
    watch = Watch(RetrieveSettings(kind="listener", host="127.0.0.1", deadline=1.0), None, Catch(TOKEN))
    box = watch._mailbox
    assert isinstance(box, ListenerMailbox)
    box._port = 0
    await watch.open()
    try:
        yield watch, box.port
    finally:
        await watch.close()


class Sender:
    """The other side of one connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    async def reply(self, line: bytes = b"") -> bytes:
        """Send a line and return the reply."""
        if line:
            self.writer.write(line + b"\r\n")
        while (heard := await self.reader.readline())[3:4] == b"-":
            continue
        return heard

    async def begin(self) -> None:
        """Up to DATA."""
        for line in (
            b"",
            b"EHLO x.example",
            b"MAIL FROM:<a@acme.example>",
            b"RCPT TO:<b@x.example>",
            b"DATA",
        ):
            assert (await self.reply(line))[:1] in b"23"

    async def pour(self, data: bytes) -> None:
        """Send without waiting for a reply."""
        self.writer.write(data)
        await self.writer.drain()


async def connected(port: int) -> Sender:
    return Sender(*await asyncio.open_connection("127.0.0.1", port))


async def deliver(port: int, raw: bytes) -> bytes:
    """The reply to the final dot."""
    sender = await connected(port)
    await sender.begin()
    await sender.pour(raw)
    answer = await sender.reply(b".")
    sender.writer.close()
    return answer


@pytest.fixture
def traced() -> Iterator[None]:
    tracemalloc.start()
    yield
    tracemalloc.stop()


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(large(b"Subject: other\r\n", MIB), id="other mail"),
        pytest.param(large(BOUNCE_HEADER, MIB), id="bounces"),
        pytest.param(b"Subject: other\r\n\r\n" + b"\r\n" * 10_000, id="lines that hold nothing"),
        pytest.param(b"Subject: " + b"x" * 2 * MIB + b"\r\n\r\n", id="a header without end"),
    ],
)
@pytest.mark.usefixtures("traced")
async def test_other_mail_is_not_kept(other: bytes) -> None:
    async with listener() as (watch, port):
        tracemalloc.reset_peak()
        before = tracemalloc.get_traced_memory()[0]
        for _ in range(3):
            assert (await deliver(port, other)).startswith(b"250")
        assert tracemalloc.get_traced_memory()[1] - before < 6 * MIB
        assert tracemalloc.get_traced_memory()[0] - before < MIB
        assert (await deliver(port, BOUNCE)).startswith(b"250")
        facts, _ = await watch.wait()
    assert facts.result == "bounced"


async def test_all_connections_together_are_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listening, "MAX_IN_FLIGHT", MIB)
    probe = PROBE_HEADER + LINE * (MIB // len(LINE))
    async with listener() as (watch, port):
        senders = [await connected(port) for _ in range(3)]
        for sender in senders:
            await sender.begin()
            await sender.pour(probe)
        answers = [await sender.reply(b".") for sender in senders]
        assert sum(answer.startswith(b"452") for answer in answers) >= 1
        assert (await deliver(port, PROBE_HEADER)).startswith(b"250"), "there is room again"
        facts, _ = await watch.wait()
    assert facts.result == "found"


async def test_too_large_a_message_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listening, "MAX_TAKEN", MIB)
    async with listener() as (_, port):
        assert (await deliver(port, large(PROBE_HEADER, 2 * MIB))).startswith(b"552")


async def test_one_connection_too_many_is_turned_away() -> None:
    async with listener() as (watch, port):
        senders = [await connected(port) for _ in range(MAX_CONNECTIONS)]
        for sender in senders:
            assert (await sender.reply()).startswith(b"220")
        assert (await (await connected(port)).reply()).startswith(b"421")
        senders[0].writer.close()
        await asyncio.sleep(0.1)
        assert (await deliver(port, PROBE_HEADER)).startswith(b"250")
        facts, _ = await watch.wait()
        for sender in senders:
            sender.writer.close()
    assert facts.result == "found"


async def test_dots_and_lines_of_any_length() -> None:
    body = b"..two\r\n...\r\n" + b"y" * 5_000 + b"\r\n.." + b"z" * 999 + b"\r\n"
    async with listener() as (watch, port):
        await deliver(port, PROBE_HEADER + body)
        _, raw = await watch.wait()
    assert raw is not None
    assert raw.endswith(b"\r\n\r\n.two\r\n..\r\n" + b"y" * 5_000 + b"\r\n." + b"z" * 999 + b"\r\n")
