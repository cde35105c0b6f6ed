"""Recording answers and replaying them."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from pathlib import Path

import dns.rdata
import dns.rdataclass
import dns.rdatatype
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import convert

from mailproof.dns import Answer, RecordingResolver, Snapshot, SnapshotResolver, ZoneResolver
from mailproof.dns.snapshot import Entry, answer_to_json
from mailproof.errors import SnapshotError
from mailproof.model import UNASKED
from mailproof.structs import replace
from tests.support.places import place
from tests.support.resolvers import FailingResolver

WORLD = """\
$ORIGIN acme.example.
@ 300 TXT "v=spf1 " "mx -all"
@ 300 TXT "\\000\\255\\"\\\\\\010 tab\\009"
@ 300 MX 10 mx
alias 60 CNAME mx
mx A 192.0.2.1
@ 300 TYPE65400 \\# 2 abcd
@ 300 CAA 0 issue "ca.example"
_25._tcp TLSA 3 1 1 00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff
"""
QUESTIONS = [
    ("acme.example", "TXT"),
    ("ACME.example.", "MX"),
    ("alias.acme.example", "A"),
    ("alias.acme.example", "TXT"),
    ("none.acme.example", "A"),
    ("acme.example", "TYPE65400"),
    ("acme.example", "CAA"),
    ("_25._tcp.acme.example", "TLSA"),
    ("down.acme.example", "A"),
    ("acme.example", "TXT"),
]


async def recorded(path: Path) -> list[Answer]:
    inner = FailingResolver(ZoneResolver.from_text(WORLD), {("down.acme.example", "A"): "timeout"})
    recording = RecordingResolver(inner)
    answers = [await recording.query(*question) for question in QUESTIONS]
    recording.save(path)
    return answers


async def test_what_comes_back_is_what_was_recorded(tmp_path: Path) -> None:
    path = tmp_path / "run.json"
    answers = await recorded(path)
    replay = SnapshotResolver.load(path)
    again = [await replay.query(*question) for question in QUESTIONS]
    assert again == answers
    assert [a.lookup for a in again] == [a.lookup for a in answers]
    assert len(replay.snapshot.answers) == len(QUESTIONS) - 1, "a question is kept once"


async def test_positions_in_zone_files_are_recorded(tmp_path: Path) -> None:
    text = "v=spf1 mx -all"
    recording = RecordingResolver(ZoneResolver.from_text(WORLD, file="acme.zone"))
    await recording.query("acme.example", "TXT")
    assert place(recording.position("acme.example", "TXT", text)) == ("acme.zone", 2)
    assert recording.position("acme.example", "TXT", "other") is None
    recording.save(tmp_path / "run.json")
    replay = SnapshotResolver.load(tmp_path / "run.json")
    assert place(replay.position("acme.example", "TXT", text)) == ("acme.zone", 2)
    assert replay.position("acme.example", "TXT", "other") is None
    bare = RecordingResolver(FailingResolver(ZoneResolver.from_text(WORLD), {}))
    assert bare.position("acme.example", "TXT", text) is None


async def test_saved_again_it_is_the_same_file(tmp_path: Path) -> None:
    await recorded(tmp_path / "one.json")
    Snapshot.load(tmp_path / "one.json").save(tmp_path / "two.json")
    assert (tmp_path / "one.json").read_bytes() == (tmp_path / "two.json").read_bytes()


async def test_what_was_not_asked_is_not_known(tmp_path: Path) -> None:
    await recorded(tmp_path / "run.json")
    replay = SnapshotResolver.load(tmp_path / "run.json")
    answer = await replay.query("acme.example", "A")
    assert (answer.status, answer.undetermined, answer.reason) == ("unasked", True, "not in the recording")
    assert replay.covers("ACME.example.")
    assert not replay.covers("other.example")


@pytest.mark.parametrize("zone", ["", "zone acme.zone"])
async def test_an_old_recording_of_what_nobody_was_asked(zone: str, tmp_path: Path) -> None:
    """Before the status existed, it was recorded as SERVFAIL from a server with that name."""
    old = {
        "name": "_spf.esp.example",
        "rrtype": "TXT",
        "status": "servfail",
        "records": [],
        "ttl": 0,
        "secure": "unknown",
        "chain": [],
        "server": f"{zone}, {UNASKED}" if zone else UNASKED,
        "elapsed_ms": 0.0,
        "reason": "",
    }
    document = {"mailproof-snapshot": 1, "recorded": "2026-01-01T00:00:00Z", "dns": [old]}
    (tmp_path / "old.json").write_text(json.dumps(document))
    (answer,) = Snapshot.load(tmp_path / "old.json").answers
    assert (answer.status, answer.server, answer.reason) == ("unasked", zone, UNASKED)
    Snapshot.load(tmp_path / "old.json").save(tmp_path / "new.json")
    assert Snapshot.load(tmp_path / "new.json").answers == (answer,)


async def test_a_changed_answer_within_a_run_is_not_told_twice() -> None:
    class Moody:
        count = 0

        async def query(self, name: str, rrtype: str) -> Answer:
            self.count += 1
            return Answer(name, rrtype, "nodata", ttl=self.count)

    recording = RecordingResolver(Moody())
    first = await recording.query("a.example", "A")
    assert (await recording.query("a.example", "A")) == first
    assert recording.snapshot.answers == (first,)


def test_the_file(tmp_path: Path) -> None:
    path = tmp_path / "s.json"
    when = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    snapshot = Snapshot(when)
    snapshot.save(path)
    document = json.loads(path.read_text())
    assert document["mailproof-snapshot"] == 1
    assert document["recorded"] == "2026-01-02T03:04:05Z"
    loaded = Snapshot.load(path)
    assert loaded == snapshot


def test_a_file_in_the_way_is_replaced_whole_and_nothing_else_is_left(tmp_path: Path) -> None:
    path, link = tmp_path / "s.json", tmp_path / "link.json"
    path.write_text("old")
    link.symlink_to(path)
    Snapshot(datetime.now(UTC)).save(link)
    assert Snapshot.load(path).answers == ()
    assert link.is_symlink()
    assert sorted(p.name for p in tmp_path.iterdir()) == ["link.json", "s.json"]


def test_where_it_cannot_be_written(tmp_path: Path) -> None:
    with pytest.raises(SnapshotError, match="cannot be written"):
        Snapshot(datetime.now(UTC)).save(tmp_path / "no" / "s.json")
    assert list(tmp_path.iterdir()) == []


def test_a_pipe_is_written_to() -> None:
    reading, writing = os.pipe()
    try:
        Snapshot(datetime.now(UTC)).save(f"/dev/fd/{writing}")
        assert b"mailproof-snapshot" in os.read(reading, 65536)
    finally:
        os.close(reading)
        os.close(writing)


GOOD = {
    "name": "a.example",
    "rrtype": "A",
    "status": "ok",
    "records": ["192.0.2.1"],
    "ttl": 1,
    "secure": "no",
    "chain": [],
    "server": "s",
    "elapsed_ms": 1.5,
}


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "not valid JSON"),
        (b"{", "not valid JSON"),
        (b"\xff\xfe", "not valid JSON"),
        (b"[" * 100_000, "not valid JSON"),
        (b"[]", "not a recording"),
        (b"{}", "not a recording"),
        (b'{"mailproof-snapshot": 2}', "version 2"),
        (b'{"mailproof-snapshot": true}', "version True"),
        (b'{"mailproof-snapshot": 1}', "`recorded`"),
        (b'{"mailproof-snapshot": 1, "recorded": "yesterday"}', "damaged"),
        (b'{"mailproof-snapshot": 1, "recorded": "2026-01-01T00:00:00Z", "dns": {}}', "array"),
        (b'{"mailproof-snapshot": 1, "recorded": "2026-01-01T00:00:00Z", "places": [[1]]}', "damaged"),
        (
            b'{"mailproof-snapshot": 1, "recorded": "2026-01-01T00:00:00Z", "places": [[1,2,3,4,5]]}',
            "damaged",
        ),
    ],
)
def test_files_that_are_no_recording(tmp_path: Path, content: bytes, words: str) -> None:
    path = tmp_path / "s.json"
    path.write_bytes(content)
    with pytest.raises(SnapshotError, match=words) as caught:
        SnapshotResolver.load(path)
    assert str(caught.value).startswith(f"{path}: ")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "change",
    [
        {"name": None},
        {"status": "fine"},
        {"secure": "maybe"},
        {"records": ["not an address"]},
        {"records": [1]},
        {"records": []},
        {"status": "nodata"},
        {"rrtype": "BANANA"},
        {"ttl": "x"},
        {"ttl": None},
        {"chain": 5},
        {"elapsed_ms": []},
    ],
)
def test_damaged_answers(tmp_path: Path, change: dict[str, object]) -> None:
    assert convert(GOOD, Entry).answer.found
    path = tmp_path / "s.json"
    document = {"mailproof-snapshot": 1, "recorded": "2026-01-01T00:00:00Z", "dns": [GOOD | change]}
    path.write_text(json.dumps(document))
    with pytest.raises(SnapshotError, match="damaged"):
        Snapshot.load(path)


def test_too_large_or_not_there(tmp_path: Path) -> None:
    path = tmp_path / "s.json"
    path.write_bytes(b" " * 1000)
    with pytest.raises(SnapshotError, match="limit"):
        Snapshot.load(path, max_bytes=999)
    with pytest.raises(SnapshotError, match="No such file"):
        Snapshot.load(tmp_path / "none.json")


@given(st.lists(st.binary(max_size=255), min_size=1, max_size=4))
def test_txt_of_any_octets(strings: list[bytes]) -> None:
    wire = b"".join(bytes([len(s)]) + s for s in strings)
    rdata = dns.rdata.from_wire(dns.rdataclass.IN, dns.rdatatype.TXT, wire, 0, len(wire))
    answer = Answer("a.example", "TXT", "ok", (rdata,), 5, "yes", ("b.example",), "ns", 1.25)
    again = convert(json.loads(json.dumps(answer_to_json(answer))), Entry).answer
    assert again == answer
    assert again.records[0].to_wire() == wire


@given(
    st.binary(max_size=60), st.sampled_from(["A", "MX", "CAA", "TLSA", "SOA", "TYPE65400", "SRV", "DNSKEY"])
)
def test_rdata_of_any_octets(wire: bytes, rrtype: str) -> None:
    rdtype = dns.rdatatype.from_text(rrtype)
    try:
        rdata = dns.rdata.from_wire(dns.rdataclass.IN, rdtype, wire, 0, len(wire))
    except Exception:  # noqa: BLE001 - what dnspython cannot read never becomes an answer
        return
    answer = Answer("a.example", rrtype, "ok", (rdata,))
    again = convert(json.loads(json.dumps(answer_to_json(answer))), Entry).answer
    assert replace(again, records=()) == replace(answer, records=())
    assert again.records[0].to_wire() == rdata.to_wire()
