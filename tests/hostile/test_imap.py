"""IMAP servers that send endlessly, lie about sizes, and send more than requested."""

from __future__ import annotations

import asyncio

import pytest

from mailproof.mail import imap_protocol, retrieve, retrieve_imap
from mailproof.mail.mailboxes import catch, conversation
from mailproof.mail.mailboxes.limits import REPLIES_A_TURN
from mailproof.mail.wire import Wire
from tests.hostile.actors import (
    BOUNCE,
    BOUNCE_HEADER,
    PROBE_HEADER,
    TOKEN,
    Imap,
    Turn,
    again,
    challenges,
    drip,
    large,
    once,
    watch,
)
from tests.hostile.watching import MIB, Watcher
from tests.support.mail_servers import Peer, talking

ENDLESS = " replies"
SLOW, SILENT = "was not open within", "said nothing"


async def literals(peer: Peer, tag: str, command: str) -> None:
    """An endless response of empty literals."""
    await peer.raw(b"* LIST ")
    await again(b"{0}")(peer, tag, command)


@pytest.mark.parametrize(
    ("verb", "turn", "said"),
    [
        pytest.param("GREETING", again(b"* BUSY"), "not an IMAP server", id="no greeting but noise"),
        pytest.param("GREETING", once(b"* OK " + b"x" * 120_000), "line of more than", id="endless line"),
        pytest.param("GREETING", once(b""), SILENT, id="silence"),
        pytest.param("LOGIN", again(b"* 1 EXISTS"), ENDLESS, id="untagged lines during LOGIN"),
        pytest.param("LOGIN", drip(b"* 1 EXISTS"), SLOW, id="LOGIN drips"),
        pytest.param("CAPABILITY", again(b"* CAPABILITY IMAP4rev1"), ENDLESS, id="CAPABILITY flood"),
        pytest.param("CAPABILITY", drip(b"* CAPABILITY IMAP4rev1"), SLOW, id="CAPABILITY drips"),
        pytest.param("LIST", literals, "more than 64 literals", id="endless empty literals"),
        pytest.param(
            "LIST", again(b'* LIST () "/" ' + b"x" * 5_000), "with over 65,536 octets", id="folder flood"
        ),
        pytest.param("LIST", once(b"* LIST () {9999999999}\r\n"), " octets", id="10 GB literal"),
        pytest.param("LIST", once(b"* LIST () {500}\r\nabc"), SILENT, id="half a literal"),
        pytest.param("STATUS", again(b"* STATUS INBOX (UIDNEXT 1)"), ENDLESS, id="STATUS flood"),
        pytest.param("IDLE", again(b"+ "), ENDLESS, id="IDLE is never over"),
        pytest.param("IDLE", again(b"* OK still here"), ENDLESS, id="IDLE flood"),
    ],
)
async def test_talk_without_end(verb: str, turn: Turn, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conversation, "MAX_REPLIES", 2_000)
    monkeypatch.setattr(imap_protocol, "MAX_KEPT", 65_536)
    facts = await watch(Imap({verb: turn}), timeout=0.3 if said in (SLOW, SILENT) else 5.0)
    assert facts.result == "error"
    assert said in facts.reason


async def test_log_in_that_is_never_over() -> None:
    server = Imap({"AUTHENTICATE": challenges}, capabilities="IMAP4rev1 AUTH=PLAIN AUTH=LOGIN")
    facts = await watch(server, "PLAIN")
    assert (facts.result, facts.kind) == ("error", "login")


async def test_octets_of_one_look_are_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conversation, "MAX_OCTETS", 3 * MIB)
    facts = await watch(Imap(messages=[large(BOUNCE_HEADER, MIB)] * 9, honours_parts=False))
    assert facts.result == "error"
    assert "does not stop sending: more than 3,145,728 octets" in facts.reason


async def test_others_have_their_turn_while_a_server_floods() -> None:
    """Even if more data can be read immediately."""
    turns = 0

    async def count() -> None:
        nonlocal turns
        while True:
            await asyncio.sleep(0)
            turns += 1

    reader = asyncio.StreamReader()
    reader.feed_data(b"* 1 EXISTS\r\n" * 6_400)
    talk = conversation.Conversation(Wire(reader, None), 5)  # type: ignore[arg-type] # nothing is written
    counting = asyncio.create_task(count())
    for _ in range(6_400):
        await talk.line()
    counting.cancel()
    assert turns >= 6_400 // REPLIES_A_TURN - 1


async def test_probe_that_is_too_large_is_not_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (catch, retrieve, retrieve_imap):
        monkeypatch.setattr(module, "MAX_PROBE", MIB)
    facts = await watch(Imap(messages=[large(PROBE_HEADER, 2 * MIB)]))
    assert facts.result == "error"
    assert "probe's mark is in INBOX and larger than 1 MiB: it was not read" in facts.reason


OTHERS = [large(BOUNCE_HEADER, 2 * MIB)] * 12


@pytest.mark.parametrize(
    ("server", "most"),
    [
        pytest.param(Imap(messages=[*OTHERS, BOUNCE, *OTHERS]), 8, id="parts as asked for"),
        pytest.param(
            Imap(messages=[*OTHERS, BOUNCE, *OTHERS], honours_parts=False), 8, id="always all of it"
        ),
        pytest.param(Imap(messages=[*OTHERS, BOUNCE], knows_parts=False), 8, id="parts are refused"),
        pytest.param(Imap(messages=[BOUNCE, *OTHERS], said_size=60 * MIB), 8, id="said to be large"),
        pytest.param(
            Imap(messages=[BOUNCE, *[BOUNCE_HEADER + b"X: " + b"x" * 2 * MIB + b"\r\n\r\n"] * 12]),
            8,
            id="large headers",
        ),
        pytest.param(
            Imap({"LIST": None}, messages=[BOUNCE]),  # type: ignore[dict-item] # put in below
            8,
            id="folder name of 30 MB",
        ),
    ],
)
async def test_a_bounce_is_found_among_many_large_messages(server: Imap, most: int, watcher: Watcher) -> None:
    async def folders(peer: Peer, tag: str, command: str) -> None:
        await peer.raw(b'* LIST () "/" {%d}\r\n' % (30 * MIB) + b"x" * 30 * MIB + b"\r\n")
        await peer.say('* LIST () "/" INBOX', f"{tag} OK")

    if "LIST" in server.at:
        server.at["LIST"] = folders
    async with talking(server.talk) as port:
        found = await watcher.watch(TOKEN, kind="imap", port=port, deadline=30, timeout=10)
    assert (found.result, found.bounced) == ("bounced", True), found.reason
    assert found.peak < most * MIB


async def test_only_one_of_many_large_probes_is_held(watcher: Watcher) -> None:
    probe = large(PROBE_HEADER, 2 * MIB)
    async with talking(Imap(messages=[probe] * 12).talk) as port:
        found = await watcher.watch(TOKEN, kind="imap", port=port, deadline=30, timeout=10)
    assert (found.result, found.octets) == ("found", len(probe))
    assert found.peak < 12 * MIB
