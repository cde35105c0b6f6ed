"""Fetching back from each kind of mailbox, on real sockets and files."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Unpack

import pytest

from mailproof.config import Credential, RetrieveSettings
from mailproof.config.settings import RetrievalKind, Security
from mailproof.mail.login import Progress, login_of
from mailproof.mail.mailbox import role
from mailproof.mail.retrieve import Watch
from mailproof.model import RetrievalFacts
from mailproof.structs import replace
from tests.support.mail_servers import ImapFolder, ImapStore, Peer, talking
from tests.support.settings import RetrieveChanges
from tests.support.tls import Authority

TOKEN = "mp-0123456789abcdef0123"
PROBE = (
    f"Received: from a by b\r\nSubject: hello [{TOKEN}]\r\nMessage-ID: <{TOKEN}.1@acme.example>\r\n"
    "From: a@acme.example\r\n\r\nbody\r\n"
).encode()
OTHER = b"Subject: something else\r\nMessage-ID: <x@y>\r\n\r\nno\r\n"
BOUNCE = (
    "Return-Path: <>\r\nFrom: MAILER-DAEMON@mx.example\r\nSubject: Undelivered\r\n"
    'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
    "--b\r\nContent-Type: text/plain\r\n\r\nsorry\r\n"
    "--b\r\nContent-Type: message/delivery-status\r\n\r\n"
    "Reporting-MTA: dns; mx.example\r\n\r\n"
    "Final-Recipient: rfc822; b@receiver.example\r\nAction: failed\r\nStatus: 5.1.1\r\n"
    "Diagnostic-Code: smtp; 550 5.1.1 <b@receiver.example>: no such user\r\n\r\n"
    f"--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: <{TOKEN}.1@acme.example>\r\n--b--\r\n"
).encode()


def imap_settings(port: int, **more: Unpack[RetrieveChanges]) -> RetrieveSettings:
    base = RetrieveSettings(
        kind="imap",
        host="127.0.0.1",
        port=port,
        security="plain",
        username="user",
        password=Credential.of("pw"),
        allow_plaintext_auth=True,
        deadline=5.0,
        poll_interval=0.3,
        timeout=3.0,
    )
    return replace(base, **more)


async def retrieve(
    settings: RetrieveSettings,
    token: str,
    *,
    deadline: float | None = None,
    progress: Progress | None = None,
) -> tuple[RetrievalFacts, bytes | None]:
    """Open the mailbox, wait for the probe, close."""
    watch = Watch(settings, await login_of(settings), token)
    try:
        await watch.open()
        return await watch.wait(deadline=deadline, progress=progress)
    finally:
        await watch.close()


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
    store.deliver(PROBE)  # an older one: there before the opening
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


class Pop3:
    """A maildrop whose sessions see what was there at their login."""

    def __init__(self, password: str = "pw") -> None:
        self.messages: dict[str, bytes] = {}
        self.password = password

    async def talk(self, peer: Peer) -> None:
        drop = list(self.messages.items())
        gone: list[str] = []
        await peer.say("+OK ready")
        while True:
            words = (await peer.hear()).split()
            verb = words[0]
            if verb == "CAPA":
                await peer.say("+OK", "UIDL", "TOP", ".")
            elif verb == "USER":
                await peer.say("+OK")
            elif verb == "PASS":
                await peer.say("+OK" if words[1] == self.password else "-ERR [AUTH] wrong password")
            elif verb == "UIDL":
                await peer.say("+OK", *(f"{i} {uid}" for i, (uid, _) in enumerate(drop, 1)), ".")
            elif verb == "LIST":
                await peer.say("+OK", *(f"{i} {len(raw)}" for i, (_, raw) in enumerate(drop, 1)), ".")
            elif verb in ("TOP", "RETR"):
                raw = drop[int(words[1]) - 1][1]
                text = raw.partition(b"\r\n\r\n")[0] + b"\r\n\r\n" if verb == "TOP" else raw
                await peer.raw(b"+OK\r\n" + text.replace(b"\r\n.", b"\r\n..") + b".\r\n")
            elif verb == "DELE":
                gone.append(drop[int(words[1]) - 1][0])
                await peer.say("+OK")
            elif verb == "QUIT":
                for uid in gone:
                    del self.messages[uid]
                await peer.say("+OK")
                return


async def test_pop3_finds_and_removes() -> None:
    server = Pop3()
    server.messages = {"u1": PROBE}
    probe = PROBE + b".hidden dot\r\n"
    async with talking(server.talk) as port:
        chosen = imap_settings(port, kind="pop3", remove=True)
        task = asyncio.create_task(retrieve(chosen, TOKEN))
        await asyncio.sleep(0.5)
        server.messages |= {"u2": OTHER, "u3": probe}
        facts, raw = await task
        await asyncio.sleep(0.1)
    assert facts.result == "found", facts
    assert raw == probe
    assert facts.removed
    assert set(server.messages) == {"u1", "u2"}


async def test_pop3_wrong_password() -> None:
    async with talking(Pop3("other").talk) as port:
        facts, _ = await retrieve(imap_settings(port, kind="pop3"), TOKEN)
    assert (facts.result, facts.kind) == ("error", "login")
    assert "wrong password" in facts.reason


async def test_maildir_with_junk_and_removal(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / ".Junk"):
        for part in ("new", "cur", "tmp"):
            (folder / part).mkdir(parents=True)
    (tmp_path / "cur" / "1.old:2,S").write_bytes(PROBE)
    chosen = RetrieveSettings(kind="maildir", path=tmp_path, deadline=5.0, remove=True)
    watch = Watch(chosen, None, TOKEN)
    await watch.open()
    (tmp_path / "cur" / "1.old:2,RS").write_bytes(PROBE)  # the old one under new flags is not new
    (tmp_path / ".Junk" / "new" / "2.new").write_bytes(PROBE)
    facts, raw = await watch.wait()
    assert (facts.result, facts.folder, facts.junk, facts.removed) == ("found", "Junk", True, True)
    assert raw == PROBE
    assert not (tmp_path / ".Junk" / "new" / "2.new").exists()


@pytest.mark.parametrize("kind", ["a file", "a folder with something else"])
async def test_maildir_that_is_none(tmp_path: Path, kind: str) -> None:
    (tmp_path / "no").write_bytes(b"")
    path = tmp_path / "no" if kind == "a file" else tmp_path
    facts, _ = await retrieve(RetrieveSettings(kind="maildir", path=path), TOKEN)
    assert (facts.result, facts.kind) == ("error", "storage")
    assert "is not a Maildir" in facts.reason


@pytest.mark.parametrize("made", ["nothing", "user"])
async def test_maildir_that_the_server_makes_on_its_first_delivery(tmp_path: Path, made: str) -> None:
    path = tmp_path / "user" / "Maildir"
    if made == "user":
        path.mkdir(parents=True)
    watch = Watch(RetrieveSettings(kind="maildir", path=path, deadline=5.0), None, TOKEN)
    await watch.open()
    assert watch.error is None
    (path / "tmp").mkdir(parents=True)
    await watch._mailbox.look(everywhere=False)  # half made: no fault
    (path / "new").mkdir()
    (path / "new" / "1.first").write_bytes(PROBE)
    facts, raw = await watch.wait()
    assert (facts.result, facts.folder, facts.arrived_by) == ("found", "INBOX", "file")
    assert raw == PROBE


@pytest.mark.parametrize(("kind", "name"), [("maildir", "user/Maildir"), ("mbox", "user/mbox")])
async def test_place_that_is_never_made(tmp_path: Path, kind: RetrievalKind, name: str) -> None:
    facts, _ = await retrieve(RetrieveSettings(kind=kind, path=tmp_path / name, deadline=0.1), TOKEN)
    assert (facts.result, facts.kind) == ("error", "storage")
    assert "does not exist, and no delivery made it" in facts.reason


async def test_mbox_that_the_server_makes_with_its_folder(tmp_path: Path) -> None:
    path = tmp_path / "user" / "mbox"
    watch = Watch(RetrieveSettings(kind="mbox", path=path, deadline=5.0), None, TOKEN)
    await watch.open()
    path.parent.mkdir()
    path.write_bytes(b"From x Mon Jan  1 00:00:00 2026\n" + PROBE + b"\n")
    facts, _ = await watch.wait()
    assert (facts.result, facts.folder) == ("found", "mbox")


async def test_mbox_appended_and_removed(tmp_path: Path) -> None:
    file = tmp_path / "user"
    old = b"From x Mon Jan  1 00:00:00 2026\n" + PROBE.replace(b"\r\n", b"\n") + b"\n"
    file.write_bytes(old)
    watch = Watch(RetrieveSettings(kind="mbox", path=file, deadline=5.0, remove=True), None, TOKEN)
    await watch.open()
    new = PROBE.replace(b"\r\n", b"\n").replace(b".1@", b".2@") + b">From here\n"
    with file.open("ab") as handle:
        handle.write(b"From y Mon Jan  1 00:00:01 2026\n" + new + b"\n")
    facts, raw = await watch.wait()
    assert facts.result == "found", facts
    assert facts.removed, facts
    assert raw is not None
    assert b"\nFrom here\n" in raw
    assert file.read_bytes().strip() == old.strip()


async def test_listener_takes_mail_and_writes_a_trace() -> None:
    from mailproof.config import SubmitSettings
    from mailproof.mail.retrieve_listener import ListenerMailbox
    from tests.support.sending import submit

    chosen = RetrieveSettings(kind="listener", host="127.0.0.1", port=0, deadline=5.0)
    watch = Watch(chosen, None, TOKEN)
    watch._mailbox._port = 0  # type: ignore[attr-defined] # IMAP has one
    await watch.open()
    box = watch._mailbox
    assert isinstance(box, ListenerMailbox)
    sender = SubmitSettings(host="127.0.0.1", port=box.port, security="plain", ehlo_name="me.example")
    sent = await submit(sender, PROBE, "a@acme.example", ["b@receiver.example"])
    assert sent.accepted
    assert sent.queue_id == "L000001"
    facts, raw = await watch.wait()
    await watch.close()
    assert facts.result == "found"
    assert raw is not None
    assert raw.startswith(b"Return-Path: <a@acme.example>\r\nReceived: from me.example ([127.0.0.1])\r\n")
    assert raw.endswith(PROBE)


def test_what_a_message_is_to_us() -> None:
    assert role(PROBE, TOKEN) == "probe"
    assert role(BOUNCE, TOKEN) == "bounce"
    assert role(OTHER, TOKEN) == "other"
    reply = f"Subject: Re: hello [{TOKEN}]\r\nIn-Reply-To: <{TOKEN}.1@acme.example>\r\n\r\naway\r\n"
    assert role(reply.encode(), TOKEN) == "other"
    rewritten = f"Subject: hello [{TOKEN}]\r\nMessage-ID: <0100@email.amazonses.com>\r\n\r\nx\r\n"
    assert role(rewritten.encode(), TOKEN) == "probe"
