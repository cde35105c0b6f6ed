"""When a probe arrived: by the receiving side's clock, not when we noticed it."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from mailproof.config.settings import Preset
from mailproof.credentials import Secret
from mailproof.mail.mailbox import Arrival
from mailproof.mail.mailboxes.arrived import with_arrival
from mailproof.mail.mailboxes.catch import Catch
from mailproof.mail.retrieve import Watch, check_mailbox
from mailproof.mail.sasl import Login
from mailproof.model import ArrivalClock, RetrievalFacts
from mailproof.structs import replace
from tests.support.mail_servers import ImapFolder, ImapStore, Peer, talking
from tests.support.retrieving import OTHER, PROBE, TOKEN, imap_settings

ACCEPTED = datetime(2026, 11, 26, 12, 0, 0, 700_000, UTC)
NOTICED = ACCEPTED + timedelta(seconds=6.7)
LOGIN = Login("user", password=Secret("pw"))
FOUND = RetrievalFacts("imap", "imap.r.example:993", "found", waited_s=6.7)


def received(date: str) -> bytes:
    return f"Received: from a by mx.r.example; {date}\r\nSubject: x\r\n\r\nbody".encode()


@pytest.mark.parametrize(
    ("at", "date", "expected"),
    [
        # The server's clock has whole seconds, so arrival can seem to precede acceptance.
        (ACCEPTED.replace(microsecond=0), "", (0.0, "INTERNALDATE")),
        (ACCEPTED + timedelta(seconds=3), "", (3.0, "INTERNALDATE")),
        # From a clock that is ahead, we know only that it had arrived when we noticed it.
        (NOTICED + timedelta(seconds=2), "", (6.7, "INTERNALDATE")),
        (None, "Thu, 26 Nov 2026 13:00:02 +0100", (1.3, "Received")),
        # A mailbox that uses the message's Date: the receiving server is more reliable.
        (ACCEPTED - timedelta(days=1), "Thu, 26 Nov 2026 12:00:02 +0000", (1.3, "Received")),
        (ACCEPTED + timedelta(hours=1), "Thu, 26 Nov 2026 11:00:00 +0000", (None, "INTERNALDATE")),
        (None, "yesterday", (None, "")),
    ],
)
def test_the_first_clock_that_can_be_right(
    at: datetime | None, date: str, expected: tuple[float | None, ArrivalClock]
) -> None:
    probe = Arrival(received(date), "INBOX", "1", at=at, clock="INTERNALDATE" if at else "")
    facts = with_arrival(FOUND, probe, ACCEPTED, NOTICED)
    assert (facts.arrived_s, facts.arrived_by) == expected
    assert facts.waited_s == 6.7
    assert facts.took_s == (6.7 if expected[0] is None else max(expected[0], 1.0))


class Late(ImapStore):
    """Delivers when INBOX is selected: before IDLE begins, so that IDLE does not report it."""

    async def talk(self, peer: Peer) -> None:
        hear = peer.hear

        async def listening() -> str:
            line = await hear()
            if "EXAMINE" in line and not self.folders["INBOX"].messages:
                self.folders["INBOX"].add(PROBE)
            return line

        peer.hear = listening  # type: ignore[method-assign]
        await super().talk(peer)


async def test_message_that_came_before_idle_began() -> None:
    store = Late()
    async with talking(store.talk) as port:
        watch = Watch(imap_settings(port, poll_interval=60.0, deadline=60.0), LOGIN, Catch(TOKEN))
        await watch.open()
        facts, _ = await watch.wait()
        await watch.close()
    assert facts.result == "found"
    assert not [line for line in store.commands if " IDLE" in line]


def many_folders() -> ImapStore:
    names = {f"Folder {number}": ImapFolder() for number in range(60)}
    return ImapStore(folders={**names, "INBOX": ImapFolder(), "Junk": ImapFolder("\\Junk")})


@pytest.mark.parametrize("folder", ["INBOX", "Junk"])
async def test_inbox_and_junk_of_a_large_account_come_first(folder: str) -> None:
    store = many_folders()
    for number in range(200):
        store.folders["INBOX"].add(OTHER + b"%d" % number)
    async with talking(store.talk) as port:
        watch = Watch(imap_settings(port, poll_interval=60.0, deadline=60.0), LOGIN, Catch(TOKEN))
        await watch.open()
        task = asyncio.create_task(watch.wait())
        await store.idling.wait()
        opened = len(store.commands)
        now = datetime.now(UTC)
        store.deliver(PROBE, folder, date=f"{now:%d-%b-%Y %H:%M:%S} +0000")
        facts, _ = await task
        await watch.close()
    asked = [line for line in store.commands[opened:] if "STATUS" in line]
    assert (facts.result, facts.folder, facts.arrived_by) == ("found", folder, "INTERNALDATE")
    assert not [line for line in asked if '"Folder ' in line], "the others can wait"
    assert len(facts.folders_seen) == 62


async def test_the_last_look_is_into_all_folders() -> None:
    store = many_folders()
    async with talking(store.talk) as port:
        settings = replace(imap_settings(port), poll_interval=60.0, deadline=0.5)
        watch = Watch(settings, LOGIN, Catch(TOKEN))
        await watch.open()
        store.folders["Folder 7"].add(PROBE)
        facts, _ = await watch.wait()
        await watch.close()
    assert (facts.result, facts.folder) == ("found", "Folder 7")


async def test_the_tab_of_gmails_inbox() -> None:
    store = ImapStore(capabilities="IMAP4rev1 IDLE X-GM-EXT-1", tabs={1: "category:social"})
    async with talking(store.talk) as port:
        watch = Watch(imap_settings(port), LOGIN, Catch(TOKEN))
        await watch.open()
        store.deliver(PROBE)
        facts, _ = await watch.wait()
        await watch.close()
    assert (facts.folder, facts.tab) == ("INBOX", "Social")


@pytest.mark.parametrize(
    ("preset", "folder", "junk"), [("gmx", "Spamverdacht", True), ("zoho", "Newsletter", False)]
)
async def test_folders_of_a_provider_are_watched_with_the_inbox(
    preset: Preset, folder: str, junk: bool
) -> None:
    store = many_folders()
    del store.folders["Junk"]
    store.folders[folder] = ImapFolder()
    async with talking(store.talk) as port:
        settings = replace(imap_settings(port, poll_interval=60.0), deadline=60.0, preset=preset)
        watch = Watch(settings, LOGIN, Catch(TOKEN))
        await watch.open()
        task = asyncio.create_task(watch.wait())
        await store.idling.wait()
        store.folders[folder].add(PROBE)
        facts, _ = await task
        await watch.close()
    assert (facts.result, facts.folder, facts.junk) == ("found", folder, junk)


async def test_a_refused_password_is_met_with_what_the_provider_wants() -> None:
    store = ImapStore(password="another")
    async with talking(store.talk) as port:
        watch = Watch(replace(imap_settings(port), preset="icloud"), LOGIN, Catch(TOKEN))
        await watch.open()
        facts, _ = await watch.wait()
        await watch.close()
        trouble = await check_mailbox(replace(imap_settings(port), preset="icloud"))
    assert facts.kind == "login"
    assert facts.sign_in.startswith("iCloud Mail: an app-specific password")
    assert "iCloud Mail: an app-specific password" in trouble
