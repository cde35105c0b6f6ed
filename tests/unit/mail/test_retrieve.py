"""Fetching back by IMAP, on real sockets."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Unpack

import pytest

from mailproof.choices import Security
from mailproof.model import RetrievalFacts
from tests.support.mail_servers import ImapFolder, ImapStore, Peer, talking
from tests.support.retrieving import BOUNCE, OTHER, PROBE, TOKEN, imap_settings, retrieve
from tests.support.settings import RetrieveChanges
from tests.support.tls import Authority


async def imap(
    store: ImapStore, *deliveries: tuple[bytes, str], **more: Unpack[RetrieveChanges]
) -> tuple[RetrievalFacts, bytes | None]:
    async with talking(store.talk) as port:
        task = asyncio.create_task(retrieve(imap_settings(port, **more), TOKEN))
        await asyncio.sleep(0.3)
        for raw, folder in deliveries:
            store.deliver(raw, folder)
        return await task


async def test_imap_finds_the_probe_by_idle() -> None:
    store = ImapStore()
    store.deliver(PROBE)  # an older one: delivered before the mailbox is opened
    store.changed.clear()
    facts, raw = await imap(store, (OTHER, "INBOX"), (PROBE, "INBOX"), poll_interval=4.0)
    assert (facts.result, facts.folder, facts.junk) == ("found", "INBOX", False)
    assert raw == PROBE
    assert facts.waited_s < 2, "IDLE tells at once"
    assert any(" IDLE" in c for c in store.commands)
    assert not facts.removed


@pytest.mark.parametrize(("name", "flags"), [("Junk E-mail", ""), ("Ordner", "\\Junk"), ("INBOX.Spam", "")])
async def test_imap_sees_junk_by_flag_and_name(name: str, flags: str) -> None:
    store = ImapStore(folders={"INBOX": ImapFolder(), name: ImapFolder(flags), "Sent": ImapFolder()})
    facts, _ = await imap(store, (PROBE, "Sent"), (PROBE, name))
    assert (facts.result, facts.folder, facts.junk) == ("found", name, True)
    assert "Sent" not in facts.folders_seen


async def test_imap_gmail_labels_and_own_sent_copies() -> None:
    folders = {"INBOX": ImapFolder(), "[Gmail]/All Mail": ImapFolder("\\All")}
    store = ImapStore(folders=folders, capabilities="IMAP4rev1 IDLE X-GM-EXT-1")
    async with talking(store.talk) as port:
        task = asyncio.create_task(retrieve(imap_settings(port), TOKEN))
        await asyncio.sleep(0.3)
        store.deliver(PROBE, "[Gmail]/All Mail", '"\\\\Sent"')
        await asyncio.sleep(0.5)
        assert not task.done()
        store.deliver(PROBE, "[Gmail]/All Mail", '"\\\\Inbox" Promotions')
        facts, _ = await task
    assert facts.labels == ("\\Inbox", "Promotions")


async def test_imap_bounce_is_told() -> None:
    facts, raw = await imap(ImapStore(), (BOUNCE, "INBOX"))
    assert facts.result == "bounced"
    assert raw is None
    assert facts.bounce is not None
    assert (facts.bounce.action, facts.bounce.status) == ("failed", "5.1.1")
    assert "mailbox does not exist" in facts.bounce.meaning


async def test_imap_removal_leaves_other_mail_alone() -> None:
    store = ImapStore()
    facts, _ = await imap(store, (OTHER, "INBOX"), (PROBE, "INBOX"), remove=True)
    assert facts.removed
    assert list(store.folders["INBOX"].messages.values()) == [OTHER]
    assert not any(c.endswith(" EXPUNGE") for c in store.commands)


async def test_imap_without_uidplus_says_that_it_only_marked() -> None:
    facts, _ = await imap(ImapStore(capabilities="IMAP4rev1"), (PROBE, "INBOX"), remove=True)
    assert facts.result == "found"
    assert not facts.removed
    assert "UIDPLUS" in facts.remove_problem


async def test_imap_deadline() -> None:
    told: list[str] = []
    async with talking(ImapStore().talk) as port:
        facts, raw = await retrieve(
            imap_settings(port), TOKEN, deadline=0.7, progress=lambda event, left: told.append(event)
        )
    assert (facts.result, raw) == ("deadline", None)
    assert 0.6 < facts.waited_s < 3
    assert told


async def test_imap_wrong_password_and_no_server() -> None:
    facts, _ = await imap(ImapStore(password="other"))
    assert (facts.result, facts.kind) == ("error", "login")
    assert "Authentication failed" in facts.reason
    facts, _ = await retrieve(imap_settings(1), TOKEN)
    assert (facts.result, facts.kind) == ("error", "connect")


async def test_imap_that_takes_no_sign_in_for_now(monkeypatch: pytest.MonkeyPatch) -> None:
    async def talk(peer: Peer) -> None:
        await peer.say("* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN SASL-IR] ready")
        tag = (await peer.hear()).split()[0]
        await peer.say(f"{tag} NO [UNAVAILABLE] Temporary authentication failure")

    monkeypatch.setattr("mailproof.mail.retrieve.RECONNECT_PAUSE_S", 0.01)
    async with talking(talk) as port:
        facts, _ = await retrieve(imap_settings(port), TOKEN)
    assert (facts.result, facts.kind) == ("error", "protocol")
    assert "temporarily refuses to sign in" in facts.reason


async def test_imap_does_not_log_in_over_plain_text() -> None:
    store = ImapStore()
    facts, _ = await imap(store, allow_plaintext_auth=False)
    assert (facts.result, facts.kind) == ("error", "login")
    assert not any("LOGIN" in c for c in store.commands)


@pytest.mark.parametrize("security", ["starttls", "tls"])
async def test_imap_over_tls_and_with_an_expired_certificate(tmp_path: Path, security: Security) -> None:
    authority = Authority(tmp_path)
    implicit = security == "tls"
    for days, result in ((30, "found"), (-2, "error")):
        context = authority.issue("127.0.0.1", days=days).context()
        store = ImapStore(capabilities="IMAP4rev1 STARTTLS IDLE", tls=context)
        async with talking(store.talk, tls=context if implicit else None) as port:
            chosen = imap_settings(
                port, security=security, ca_file=authority.ca_file, allow_plaintext_auth=False
            )
            task = asyncio.create_task(retrieve(chosen, TOKEN))
            await asyncio.sleep(0.5)
            store.deliver(PROBE)
            facts, _ = await task
        assert facts.result == result, facts
        assert facts.tls is not None
        if days < 0:
            assert facts.kind == "tls"
            assert facts.tls.problem_code == "expired"
        else:
            assert facts.tls.verified
            assert facts.tls.strict_faults == ()


async def test_imap_reconnects_and_misses_nothing() -> None:
    store = ImapStore(drop_after=8)
    facts, _ = await imap(store, (PROBE, "INBOX"), deadline=8.0)
    assert facts.result == "found", facts


@pytest.mark.parametrize("verb", ["STATUS", "EXAMINE", "UID"])
async def test_a_folder_that_cannot_be_read_is_not_one_without_the_probe(verb: str) -> None:
    store = ImapStore()

    async def talk(peer: Peer) -> None:
        hear = peer.hear

        async def listening() -> str:
            while f" {verb} " in (line := await hear()):
                await peer.say(f"{line.split()[0]} NO [SERVERBUG] internal error")
            return line

        peer.hear = listening  # type: ignore[method-assign] # a stand-in for this test
        await store.talk(peer)

    async with talking(talk) as port:
        task = asyncio.create_task(retrieve(imap_settings(port, deadline=1.0), TOKEN))
        await asyncio.sleep(0.3)
        store.deliver(PROBE)
        facts, _ = await task
    assert (facts.result, facts.kind) == ("error", "protocol")
    assert "the folder INBOX could not be read" in facts.reason


@pytest.mark.parametrize("refusals", [2, 9])
async def test_imap_server_that_restarts_for_a_while(refusals: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mailproof.mail.retrieve.RECONNECT_PAUSE_S", 0.01)
    store = ImapStore(drop_after=8)
    left = [""] + ["* BYE restarting"] * refusals

    async def talk(peer: Peer) -> None:
        if left and (words := left.pop(0)):
            await peer.say(words)
        else:
            await store.talk(peer)

    async with talking(talk) as port:
        task = asyncio.create_task(retrieve(imap_settings(port, deadline=3.0), TOKEN))
        await asyncio.sleep(0.3)
        store.deliver(PROBE)
        facts, _ = await task
    assert facts.result == ("found" if refusals == 2 else "error"), facts


async def test_imap_connection_lost_right_after_the_probe_was_read() -> None:
    store = ImapStore(folders={"INBOX": ImapFolder(), "Zoo": ImapFolder()}, capabilities="IMAP4rev1")

    async def talk(peer: Peer) -> None:
        hear = peer.hear

        async def listening() -> str:
            line = await hear()
            if 'STATUS "Zoo"' in line and any("BODY.PEEK[]" in c for c in store.commands):
                store.commands.clear()
                raise ConnectionError("dropped")
            return line

        peer.hear = listening  # type: ignore[method-assign] # a stand-in for this test
        await store.talk(peer)

    async with talking(talk) as port:
        task = asyncio.create_task(retrieve(imap_settings(port, deadline=8.0), TOKEN))
        await asyncio.sleep(0.3)
        store.deliver(PROBE)
        facts, raw = await task
    assert facts.result == "found", facts
    assert raw == PROBE


@pytest.mark.parametrize(
    "data",
    [
        b"HTTP/1.1 400 Bad Request\r\n",
        b"* OK [CAPABILITY IMAP4rev1] hi\r\n" + b"* X\r\n" * 30_000,
        b"* OK {99999999999}\r\n",
        b"* OK {4000000000}\r\nabc",
        b"* BYE go away\r\n",
        b"",
    ],
)
async def test_imap_hostile_servers(data: bytes) -> None:
    async def talk(peer: Peer) -> None:
        await peer.raw(data)
        await peer.hear()

    async with talking(talk) as port:
        facts, _ = await retrieve(imap_settings(port, timeout=1.0), TOKEN, deadline=1.0)
    assert facts.result == "error"
    assert facts.reason


async def test_cancelling_a_wait_ends_quickly() -> None:
    async with talking(ImapStore().talk) as port:
        task = asyncio.create_task(retrieve(imap_settings(port, poll_interval=300.0), TOKEN, deadline=600))
        await asyncio.sleep(0.4)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task


async def test_imap_reads_the_probe_under_a_flood_of_newer_messages() -> None:
    facts, raw = await imap(ImapStore(), (PROBE, "INBOX"), *[(OTHER, "INBOX")] * 700)
    assert (facts.result, raw) == ("found", PROBE)
