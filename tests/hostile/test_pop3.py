"""POP3 servers that send endlessly, lie about sizes, and send more than requested."""

from __future__ import annotations

import pytest

from mailproof.mail import retrieve_pop3
from mailproof.mail.mailboxes import conversation
from tests.hostile.actors import (
    BOUNCE,
    BOUNCE_HEADER,
    PROBE_HEADER,
    TOKEN,
    Pop3,
    Turn,
    again,
    challenges,
    drip,
    large,
    listing,
    once,
    watch,
)
from tests.hostile.watching import MIB, Watcher
from tests.support.mail_servers import talking

SLOW, SILENT = "was not open within", "said nothing"
FLOOD = "does not stop sending: more than 2,097,152 octets"


@pytest.mark.parametrize(
    ("verb", "turn", "said"),
    [
        pytest.param("GREETING", once(b"+OK" + b"x" * 120_000), "line of more than", id="endless line"),
        pytest.param("GREETING", once(b""), SILENT, id="silence"),
        pytest.param("CAPA", listing(again(b"SASL PLAIN")), FLOOD, id="CAPA flood"),
        pytest.param("CAPA", listing(drip(b"SASL PLAIN")), SLOW, id="CAPA drips"),
        pytest.param("UIDL", listing(again(b"1 abc")), FLOOD, id="UIDL flood"),
        pytest.param("UIDL", listing(drip(b"1 abc")), SLOW, id="UIDL drips"),
        pytest.param("UIDL", listing(again(b"x" * 99_999)), FLOOD, id="UIDL of long lines"),
        pytest.param(
            "UIDL",
            once(b"+OK\r\n" + b"1 a\r\n" * 10_001 + b".\r\n"),
            "more than 10,000",
            id="UIDL too long",
        ),
        pytest.param("USER", once(b"+OK" * 30_000), "line of more than", id="endless reply"),
        pytest.param("USER", again(b"no POP3"), "not a POP3 server", id="nonsense"),
    ],
)
async def test_talk_without_end(verb: str, turn: Turn, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conversation, "MAX_OCTETS", 2 * MIB)
    monkeypatch.setattr(retrieve_pop3, "MAX_LISTED", 10_000)
    facts = await watch(Pop3({verb: turn}), timeout=0.3 if said in (SLOW, SILENT) else 5.0)
    assert facts.result == "error"
    assert said in facts.reason


async def test_log_in_that_is_never_over() -> None:
    facts = await watch(Pop3({"AUTH": challenges}), "PLAIN")
    assert (facts.result, facts.kind) == ("error", "login")


OTHERS = [large(BOUNCE_HEADER, 2 * MIB)] * 12


@pytest.mark.parametrize(
    "server",
    [
        pytest.param(Pop3(messages=[*OTHERS, BOUNCE, *OTHERS]), id="the beginning, as asked for"),
        pytest.param(Pop3(messages=[*OTHERS, BOUNCE, *OTHERS], honours_top=False), id="always all of it"),
        pytest.param(Pop3(messages=[*OTHERS, BOUNCE, *OTHERS], knows_top=False), id="without TOP"),
    ],
)
async def test_a_bounce_is_found_among_many_large_messages(server: Pop3, watcher: Watcher) -> None:
    async with talking(server.talk) as port:
        found = await watcher.watch(TOKEN, kind="pop3", port=port, deadline=30, timeout=10)
    assert (found.result, found.bounced) == ("bounced", True), found.reason
    assert found.peak < 8 * MIB


async def test_only_one_of_many_large_probes_is_held(watcher: Watcher) -> None:
    probe = large(PROBE_HEADER, 2 * MIB)
    async with talking(Pop3(messages=[probe] * 12).talk) as port:
        found = await watcher.watch(TOKEN, kind="pop3", port=port, deadline=30, timeout=10)
    assert (found.result, found.octets) == ("found", len(probe))
    assert found.peak < 12 * MIB
