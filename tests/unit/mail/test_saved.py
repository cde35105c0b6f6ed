"""Saved messages in common formats."""

from __future__ import annotations

from pathlib import Path

import pytest

from mailproof.errors import MessageError
from mailproof.mail.saved import Saved, split
from mailproof.records.mbox import split_mbox
from mailproof.records.message import OUTLOOK, parse_message
from tests.support.compound import outlook

ONE = b"From a@acme.example Sun Nov 01 12:00:00 2026\nFrom: a@acme.example\nSubject: one\n\nHi\n>From here\n"
TWO = b"From b@acme.example Sun Nov 01 12:01:00 2026\nFrom: b@acme.example\nSubject: two\n\nHo\n"
HEADER = (
    "Microsoft Mail Internet Headers Version 2.0\r\nReceived: from mail.acme.example ([192.0.2.10]) by mx\r\n"
    "\twith ESMTP; Sun, 1 Nov 2026 12:00:00 +0000\r\nFrom: Zoë <a@acme.example>\r\n"
    "\r\n\r\n"
)


def test_each_message_of_an_mbox() -> None:
    first, second = split(ONE + b"\n" + TWO, "box")
    assert (first.source, second.source) == ("box message 1", "box message 2")
    parsed = parse_message(first.raw)
    assert parsed.mbox_sender == "a@acme.example"
    assert parsed.body == b"Hi\r\nFrom here\r\n"
    assert parse_message(second.raw).first("subject") == "two"
    assert list(split_mbox(ONE + b"\n" + TWO))[1].startswith(b"From: b@")


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_whole_from_line_begins_a_message_without_an_empty_line_before_it(end: str) -> None:
    """But not one that is quoted, part of a text, or not followed by a header section."""
    from_line = "From a@acme.example Sun Nov  1 12:00:00 2026\n"
    kept = f">{from_line}From: quoted\nFrom then on, 10:00 2026\nSubject: no\n{from_line}no header field\n"
    kept += f"{from_line}Word: y\nof a text\n"
    two = f"{from_line}From: b@acme.example\nSubject: two\n\nHo\n"
    raw = f"{from_line}Subject: one\n\n{kept}{two}".replace("\n", end).encode()
    first, second = split(raw, "box")
    assert parse_message(first.raw).body == kept[1:].replace("\n", "\r\n").encode()
    assert parse_message(second.raw).first("subject") == "two"
    assert [parse_message(each).first("subject") for each in split_mbox(raw)] == ["one", "two"]


def test_each_message_of_an_mmdf_mailbox() -> None:
    """With lines of ^A around each message, or only between them; "From " lines are text there."""
    mark = b"\1\1\1\1\n"
    text = b"Subject: two\n\nHi\n\nFrom a@acme.example Sun Nov 01 12:00:00 2026\nTo: b\n"
    for between in (mark, mark + mark):
        raw = mark + ONE + between + text + mark
        first, second = split(raw, "box")
        assert (first.source, second.source) == ("box message 1", "box message 2")
        assert (first.raw, second.raw) == (ONE, text)
        parsed = parse_message(raw)
        assert (parsed.mbox_sender, parsed.body) == ("a@acme.example", b"Hi\r\nFrom here\r\n")
        assert "several messages" in parsed.problems[0]


def test_a_from_line_of_thunderbird_says_nothing() -> None:
    mbox = b"From \r\nSubject: one\r\n\r\nFrom \r\nthere, is\r\n\r\nFrom \r\nSubject: two\r\n\r\n"
    found = [parse_message(each.raw) for each in split(mbox, "box")]
    assert [(each.first("subject"), each.mbox_sender) for each in found] == [("one", None), ("two", None)]


@pytest.mark.parametrize("before", [b"\xef\xbb\xbf", b"\n\r\n"], ids=["byte order mark", "empty lines"])
def test_what_an_editor_puts_before_the_first_message(before: bytes) -> None:
    raw = before + ONE + b"\n" + TWO
    assert [each.raw for each in split(raw, "box")] == [ONE, TWO]
    assert len(list(split_mbox(raw))) == 2


def test_a_programs_note_before_the_first_message_is_no_mail(tmp_path: Path) -> None:
    """As written by UW IMAP and Alpine; mail that only looks like it came from a server."""
    note = TWO.replace(b"Subject: two", b"Subject: DON'T DELETE THIS MESSAGE -- FOLDER INTERNAL DATA")
    mail = note.replace(b"From: b", b"Received: by mx.test\nFrom: b")
    (tmp_path / "mbox").write_bytes(note + b"\n" + ONE + b"\n" + note)  # a folder as exported by Apple Mail
    assert [each.raw for each in Saved(tmp_path)] == [ONE, note]
    assert [each.raw for each in split(mail + b"\n" + ONE)] == [mail, ONE]


def test_one_message_keeps_its_name() -> None:
    assert [each.source for each in split(ONE, "one.eml")] == ["one.eml"]
    assert [each.source for each in split(b"Subject: x\n\n", "x.eml")] == ["x.eml"]


def test_any_number_of_messages_is_read_and_counted_up_to_a_bound(tmp_path: Path) -> None:
    file = tmp_path / "all.mbox"
    file.write_bytes((TWO + b"\n") * 1500)
    assert Saved(file).counted(5000) == 1500
    assert Saved(file).counted(1000) == 1001
    assert sum(1 for _ in Saved(file)) == 1500
    with file.open("rb") as stream:
        piped = Saved(stream=stream)
        assert (piped.counted(3), len(list(piped)), len(list(piped))) == (4, 1500, 1500)
    assert Saved(raw=ONE).counted(1) == 1


def test_the_files_of_a_folder_and_the_messages_in_them_are_counted(tmp_path: Path) -> None:
    for number in range(3):
        (tmp_path / f"{number}.eml").write_bytes(b"Subject: x\n\n")
    (tmp_path / "two.mbox").write_bytes(ONE + b"\n" + TWO)
    (tmp_path / "no.pdf").write_bytes(b"")
    assert Saved(tmp_path).counted(100) == 5
    assert Saved(tmp_path).counted(3) == 4
    assert len(list(Saved(tmp_path))) == 5


def test_header_of_an_outlook_file() -> None:
    (message,) = split(outlook(HEADER), "mail.msg")
    parsed = parse_message(message.raw)
    assert message.source == "mail.msg (header only)"
    assert message.kept is None
    assert not parsed.has_body
    assert parsed.first("from") == "Zoë <a@acme.example>"
    assert parsed.headers[0].name == "Received"


def test_a_folder_by_name_with_what_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "b.eml").write_bytes(b"Subject: b\n\n")
    (tmp_path / "a.mbox").write_bytes(ONE + b"\n" + TWO)
    (tmp_path / "c.msg").write_bytes(OUTLOOK + b"junk")
    (tmp_path / "notes.pdf").write_bytes(b"no")
    found = list(Saved(tmp_path))
    assert [each.source for each in found] == ["a.mbox message 1", "a.mbox message 2", "b.eml", "c.msg"]
    assert "cannot be read" in found[-1].problem


def test_a_maildir(tmp_path: Path) -> None:
    for box, name in (("cur", "1.x:2,S"), ("new", "2.x"), ("tmp", "3.x")):
        (tmp_path / box).mkdir()
        (tmp_path / box / name).write_bytes(b"Subject: x\n\n")
    assert [each.source for each in Saved(tmp_path)] == ["cur/1.x:2,S", "new/2.x"]


def test_an_empty_folder_and_a_missing_file(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "gone.eml"):
        with pytest.raises(MessageError):
            list(Saved(path))


def test_apple_mail(tmp_path: Path) -> None:
    path = tmp_path / "1.emlx"
    path.write_bytes(b"13 \nSubject: x\n\n\n<?xml")
    assert [each.raw for each in Saved(path)] == [b"Subject: x\n\n\n"]
