"""Fetching back by POP3, from files, and by a listener of our own."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from mailproof.config import RetrieveSettings
from mailproof.config.settings import RetrievalKind
from mailproof.mail.login import login_of
from mailproof.mail.mailbox import role
from mailproof.mail.mailboxes.catch import Catch
from mailproof.mail.retrieve import Watch
from tests.support.mail_servers import Peer, talking
from tests.support.retrieving import BOUNCE, OTHER, PROBE, TOKEN, imap_settings, retrieve


class Pop3:
    """A maildrop whose sessions see the messages present at login."""

    def __init__(self, password: str = "pw", refused: str = "") -> None:
        self.messages: dict[str, bytes] = {}
        self.password, self.refused = password, refused  # a command that is refused
        self.busy: list[str] = []  # what the next sign-ins are answered

    async def talk(self, peer: Peer) -> None:
        drop = list(self.messages.items())
        gone: list[str] = []
        await peer.say("+OK ready")
        while True:
            words = (await peer.hear()).split()
            verb = words[0]
            if verb == self.refused:
                await peer.say("-ERR not now")
            elif verb == "CAPA":
                await peer.say("+OK", "UIDL", "TOP", ".")
            elif verb == "USER":
                await peer.say("+OK")
            elif verb == "PASS" and self.busy:
                await peer.say(f"-ERR {self.busy.pop()}")
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


@pytest.mark.parametrize("words", ["[IN-USE] wait", "[LOGIN-DELAY] too often", "maildrop already locked"])
async def test_pop3_that_takes_no_sign_in_for_now(words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is no matter of the password, and ends neither the opening nor the wait."""
    monkeypatch.setattr("mailproof.mail.retrieve.RECONNECT_PAUSE_S", 0.01)
    server = Pop3()
    server.busy = [words]
    async with talking(server.talk) as port:
        watch = Watch(chosen := imap_settings(port, kind="pop3"), await login_of(chosen), Catch(TOKEN))
        await watch.open()
        server.messages, server.busy = {"u1": PROBE}, [words]
        facts, _ = await watch.wait()
        assert facts.result == "found"
        server.busy = [words] * 4
        facts, _ = await retrieve(chosen, TOKEN)
    assert (facts.result, facts.kind) == ("error", "protocol")
    assert words in facts.reason


async def test_pop3_that_does_not_return_the_message() -> None:
    server = Pop3(refused="RETR")
    async with talking(server.talk) as port:
        chosen = imap_settings(port, kind="pop3", deadline=0.5)
        watch = Watch(chosen, await login_of(chosen), Catch(TOKEN))
        await watch.open()
        server.messages = {"u1": PROBE}
        facts, _ = await watch.wait()
    assert (facts.result, facts.kind) == ("error", "protocol")
    assert "not now" in facts.reason


async def test_pop3_without_unique_ids_and_an_old_message_of_the_same_size() -> None:
    server = Pop3(refused="UIDL")
    old = OTHER + b"x" * (len(PROBE) - len(OTHER) - 2) + b"\r\n"
    server.messages = {"u1": old}
    async with talking(server.talk) as port:
        chosen = imap_settings(port, kind="pop3", remove=True)
        watch = Watch(chosen, await login_of(chosen), Catch(TOKEN))
        await watch.open()
        server.messages |= {"u2": PROBE}
        facts, _ = await watch.wait()
        await watch.close()
    assert (facts.result, facts.removed) == ("found", True)
    assert server.messages == {"u1": old}


@pytest.mark.parametrize(("folder", "name"), [(".Junk", "Junk"), (".Unerw&APw-nscht", "Unerwünscht")])
async def test_maildir_with_junk_and_removal(tmp_path: Path, folder: str, name: str) -> None:
    junk = tmp_path / folder
    for place in (tmp_path, junk):
        for part in ("new", "cur", "tmp"):
            (place / part).mkdir(parents=True)
    (tmp_path / "cur" / "1.old:2,S").write_bytes(PROBE)
    chosen = RetrieveSettings(kind="maildir", path=tmp_path, deadline=5.0, remove=True)
    watch = Watch(chosen, None, Catch(TOKEN))
    await watch.open()
    (tmp_path / "cur" / "1.old:2,RS").write_bytes(PROBE)  # the old one with new flags is not new
    (junk / "new" / "2.new").write_bytes(PROBE)
    facts, raw = await watch.wait()
    assert (facts.result, facts.folder, facts.junk, facts.removed) == ("found", name, True, True)
    assert raw == PROBE
    assert not (junk / "new" / "2.new").exists()


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
    watch = Watch(RetrieveSettings(kind="maildir", path=path, deadline=5.0), None, Catch(TOKEN))
    await watch.open()
    assert watch.error is None
    (path / "tmp").mkdir(parents=True)
    await watch._mailbox.look(everywhere=False)  # incomplete: not an error
    (path / "new").mkdir()
    (path / "new" / "1.first").write_bytes(PROBE)
    facts, raw = await watch.wait()
    assert (facts.result, facts.folder, facts.arrived_by) == ("found", "INBOX", "file")
    assert raw == PROBE


@pytest.mark.parametrize(("kind", "name"), [("maildir", "user/Maildir"), ("mbox", "user/mbox")])
async def test_place_that_is_never_made(tmp_path: Path, kind: RetrievalKind, name: str) -> None:
    facts, _ = await retrieve(RetrieveSettings(kind=kind, path=tmp_path / name, deadline=0.5), TOKEN)
    assert (facts.result, facts.kind) == ("error", "storage")
    assert "does not exist, and no delivery created it" in facts.reason


async def test_mbox_that_the_server_makes_with_its_folder(tmp_path: Path) -> None:
    path = tmp_path / "user" / "mbox"
    watch = Watch(RetrieveSettings(kind="mbox", path=path, deadline=5.0), None, Catch(TOKEN))
    await watch.open()
    path.parent.mkdir()
    path.write_bytes(b"From x Mon Jan  1 00:00:00 2026\n" + PROBE + b"\n")
    facts, _ = await watch.wait()
    assert (facts.result, facts.folder) == ("found", "mbox")


@pytest.mark.parametrize(
    "form", [b"From x Mon Jan  1 00:00:00 2026\n%s\n", b"\1\1\1\1\n%s\1\1\1\1\n"], ids=["mbox", "MMDF"]
)
async def test_mbox_appended_and_removed(tmp_path: Path, form: bytes) -> None:
    file = tmp_path / "user"
    old = PROBE.replace(b"\r\n", b"\n")
    file.write_bytes(form % old)
    watch = Watch(RetrieveSettings(kind="mbox", path=file, deadline=5.0, remove=True), None, Catch(TOKEN))
    await watch.open()
    with file.open("ab") as handle:
        handle.write(form % b"From: eve@acme.example\n\nanother\n")
        handle.flush()
        await watch._mailbox.look()
        before = file.read_bytes()
        quoted = b">From here\n" if form.startswith(b"From ") else b"From here\n"
        handle.write(form % (old.replace(b".1@", b".2@") + quoted))
    facts, raw = await watch.wait()
    assert facts.result == "found", facts
    assert facts.removed, facts
    assert raw is not None
    assert b"\nFrom here\n" in raw
    assert file.read_bytes().strip() == before.strip()


async def test_listener_takes_mail_and_writes_a_trace() -> None:
    from mailproof.config import SubmitSettings
    from mailproof.mail.retrieve_listener import ListenerMailbox
    from tests.support.sending import submit

    chosen = RetrieveSettings(kind="listener", host="127.0.0.1", port=0, deadline=5.0)
    watch = Watch(chosen, None, Catch(TOKEN))
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
    quoting = (
        f"Subject: Out of office: hello [{TOKEN}]\r\nFrom: b@r.example\r\nMessage-ID: <1@r>\r\n\r\naway\r\n"
    )
    assert role(quoting.encode(), TOKEN, "a@acme.example") == "other"
    assert role(quoting.encode(), TOKEN, "b@r.example") == "probe"
    whole = quoting + f"Token: {TOKEN}\r\n"
    assert role(whole.encode(), TOKEN, "a@acme.example") == "probe"
