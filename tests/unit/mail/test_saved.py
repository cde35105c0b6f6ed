"""Saved messages in the forms that people have them."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from mailproof.errors import MessageError
from mailproof.mail.outlook import MAGIC, outlook_headers
from mailproof.mail.saved import MAX_MESSAGES, saved_messages, split
from mailproof.records.message import parse_message, split_mbox

ONE = b"From a@acme.example Sun Nov 01 12:00:00 2026\nFrom: a@acme.example\nSubject: one\n\nHi\n>From here\n"
TWO = b"From b@acme.example Sun Nov 01 12:01:00 2026\nFrom: b@acme.example\nSubject: two\n\nHo\n"
SECTOR = 512


def compound(streams: dict[str, bytes]) -> bytes:
    """A compound file ([MS-CFB]) of streams under its root, each of at least 4,096 octets."""
    chains: list[tuple[int, int]] = []
    data, fat = b"", []
    for content in streams.values():
        assert len(content) >= 4096
        count = -(-len(content) // SECTOR)
        first = len(fat)
        fat += [*range(first + 1, first + count), 0xFFFFFFFE]
        chains.append((first, len(content)))
        data += content.ljust(count * SECTOR, b"\0")
    directory = len(fat)
    fat += [0xFFFFFFFE, 0xFFFFFFFD]
    entries = [_entry("Root Entry", 5, 0xFFFFFFFE, 0, child=1)]
    entries += [_entry(name, 2, *chain) for name, chain in zip(streams, chains, strict=True)]
    folder = b"".join(entries).ljust(SECTOR, b"\0")
    table = b"".join(struct.pack("<I", each) for each in fat).ljust(SECTOR, b"\xff")
    head = MAGIC + b"\0" * 16 + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + b"\0" * 6
    head += struct.pack("<IIIIIIIII", 0, 1, directory, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0)
    head += struct.pack("<I", directory + 1) + b"\xff" * 432
    return head + data + folder + table


def _entry(name: str, kind: int, start: int, size: int, child: int = 0xFFFFFFFF) -> bytes:
    text = (name + "\0").encode("utf-16-le")
    raw = text.ljust(64, b"\0") + struct.pack("<HBBIII", len(text), kind, 1, 0xFFFFFFFF, 0xFFFFFFFF, child)
    return raw + b"\0" * 36 + struct.pack("<IQ", start, size)


def outlook(header: str) -> bytes:
    return compound({"__substg1.0_007D001F": header.encode("utf-16-le")})


HEADER = (
    "Microsoft Mail Internet Headers Version 2.0\r\nReceived: from mail.acme.example ([192.0.2.10]) by mx\r\n"
    "\twith ESMTP; Sun, 1 Nov 2026 12:00:00 +0000\r\nFrom: Zoë <a@acme.example>\r\n"
    f"X-Padding: {'x' * 2100}\r\n\r\n"
)


def test_each_message_of_an_mbox() -> None:
    first, second = split(ONE + b"\n" + TWO, "box")
    assert (first.source, second.source) == ("box message 1", "box message 2")
    parsed = parse_message(first.raw)
    assert parsed.mbox_sender == "a@acme.example"
    assert parsed.body == b"Hi\r\nFrom here\r\n"
    assert parse_message(second.raw).first("subject") == "two"
    assert list(split_mbox(ONE + b"\n" + TWO))[1].startswith(b"From: b@")


def test_one_message_keeps_its_name() -> None:
    assert [each.source for each in split(ONE, "one.eml")] == ["one.eml"]
    assert [each.source for each in split(b"Subject: x\n\n", "x.eml")] == ["x.eml"]


def test_too_many_messages_are_refused() -> None:
    with pytest.raises(MessageError, match="more than"):
        list(split((TWO + b"\n") * (MAX_MESSAGES + 1), "box"))


def test_header_of_an_outlook_file() -> None:
    (message,) = split(outlook(HEADER), "mail.msg")
    parsed = parse_message(message.raw)
    assert message.source == "mail.msg (header only)"
    assert not parsed.has_body
    assert parsed.first("from") == "Zoë <a@acme.example>"
    assert parsed.headers[0].name == "Received"


def test_outlook_file_without_header_or_broken() -> None:
    with pytest.raises(MessageError, match="no Internet header"):
        outlook_headers(compound({"__substg1.0_0037001F": b"x" * 5000}))
    whole = outlook(HEADER)
    for cut in (8, 100, 512, 700, len(whole) - 600):
        with pytest.raises(MessageError):
            outlook_headers(whole[:cut])


def test_a_folder_by_name_with_what_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "b.eml").write_bytes(b"Subject: b\n\n")
    (tmp_path / "a.mbox").write_bytes(ONE + b"\n" + TWO)
    (tmp_path / "c.msg").write_bytes(MAGIC + b"junk")
    (tmp_path / "notes.pdf").write_bytes(b"no")
    found = list(saved_messages(tmp_path))
    assert [each.source for each in found] == ["a.mbox message 1", "a.mbox message 2", "b.eml", "c.msg"]
    assert "cannot be read" in found[-1].problem


def test_a_maildir(tmp_path: Path) -> None:
    for box, name in (("cur", "1.x:2,S"), ("new", "2.x"), ("tmp", "3.x")):
        (tmp_path / box).mkdir()
        (tmp_path / box / name).write_bytes(b"Subject: x\n\n")
    assert [each.source for each in saved_messages(tmp_path)] == ["cur/1.x:2,S", "new/2.x"]


def test_an_empty_folder_and_a_missing_file(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "gone.eml"):
        with pytest.raises(MessageError):
            list(saved_messages(path))


def test_apple_mail(tmp_path: Path) -> None:
    path = tmp_path / "1.emlx"
    path.write_bytes(b"13 \nSubject: x\n\n\n<?xml")
    assert [each.raw for each in saved_messages(path)] == [b"Subject: x\n\n\n"]
