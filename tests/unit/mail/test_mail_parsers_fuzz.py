"""The parsers return on any input from servers and mailboxes, in bounded time, without other exceptions."""

from __future__ import annotations

import asyncio

from hypothesis import given
from hypothesis import strategies as st

from mailproof.mail.enhanced_status import meaning
from mailproof.mail.imap_protocol import Response, quote
from mailproof.mail.mailbox import decode_folder, role
from mailproof.mail.mailboxes.catch import Catch
from mailproof.mail.retrieve_imap import ImapMailbox, _labels, _unquoted
from mailproof.mail.senders.smtp_envelope import queue_id
from mailproof.mail.smtp_reply import Reply, ReplyError, read_reply
from mailproof.mail.tls import certificate_facts
from mailproof.mail.wire import ConnectionEnded, Wire
from mailproof.printable import clean
from mailproof.records.mbox import split_mbox
from mailproof.records.message import split_fields
from tests.support.examples import examples

HEADERS = st.lists(st.binary(max_size=40), max_size=20).map(b"\r\n".join)


@given(st.binary(max_size=300) | HEADERS)
def test_messages(raw: bytes) -> None:
    fields, body = split_fields(raw)
    assert len(body) <= len(raw)
    assert all(field.key == field.name.lower() for field in fields)
    list(split_mbox(b"From x\n" + raw))
    Catch("mp-1").wanted(raw)
    assert role(raw, "mp-none") == "other"


@given(st.binary(max_size=120))
def test_imap_texts(raw: bytes) -> None:
    decode_folder(raw)
    _unquoted(raw)
    assert "\n" not in quote(raw)
    _labels(Response(b"* 1 FETCH (X-GM-LABELS (" + raw + b") UID 1)"))
    ImapMailbox._folder(_mailbox(), Response(b'* LIST (\\Junk) "/" ' + raw))


def _mailbox() -> ImapMailbox:
    from mailproof.config import RetrieveSettings

    return ImapMailbox(RetrieveSettings(), None, Catch("mp-1"))


def test_folder_names() -> None:
    assert decode_folder(b"Entw&APw-rfe") == "Entwürfe"
    assert decode_folder(b"a &- b") == "a & b"
    assert decode_folder(b"&Jjo-") == "\u263a"
    assert decode_folder(b"&broken") == "&broken"


@given(st.text(max_size=200), st.integers(0, 999), st.text(max_size=20))
def test_words(text: str, code: int, enhanced: str) -> None:
    queue_id(text)
    meaning(enhanced, code, text)
    shown = clean(text)
    assert not any(ord(c) < 32 and c != "\t" for c in shown)


@examples(60)
@given(
    st.binary(max_size=200)
    | st.lists(st.sampled_from([b"220-a", b"220 b", b"5", b"\xff"]), max_size=6).map(b"\r\n".join)
)
def test_smtp_replies(data: bytes) -> None:
    async def read() -> Reply | None:
        reader = asyncio.StreamReader()
        reader.feed_data(data)
        reader.feed_eof()
        try:
            return await read_reply(Wire(reader, None), 1.0)  # type: ignore[arg-type] # nothing is written
        except (ReplyError, ConnectionEnded):
            return None

    reply = asyncio.run(read())
    assert reply is None or 200 <= reply.code <= 599


@given(st.binary(max_size=200))
def test_certificates(der: bytes) -> None:
    from datetime import UTC, datetime

    assert certificate_facts(der, datetime(2026, 1, 1, tzinfo=UTC)) is None


def test_patterns_take_linear_time() -> None:
    for piece in ("a" * 200_000, "id=" * 50_000, " " * 200_000, "5.7.1" * 40_000, "<" * 200_000):
        queue_id(piece)
        meaning("5.7.1", 550, piece)
        decode_folder(b"&" + piece.encode() + b"-")
        split_fields(piece.encode())
