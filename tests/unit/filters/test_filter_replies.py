"""Parsing replies of spamd and Rspamd, including truncated, odd, huge and hostile ones."""

from __future__ import annotations

import json
import random
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailproof.model import FilterSymbol
from mailproof.records.rspamd_reply import MAX_OPTIONS, read_rspamd_reply
from mailproof.records.spamd_reply import MAX_SYMBOLS, MAX_TEXT, ReplyError, read_spamd_reply
from tests.support.examples import examples

HEAD = b"SPAMD/1.1 0 EX_OK\r\nSpam: True ; 7.3 / 5.0\r\n\r\n"
RULER = "---- ---------------------- --------------------------------------------------\n"
#: A reply of SpamAssassin 4.0.1 from Debian 12.
REAL = (
    "Content analysis details:   (1000.0 points, 5.0 required)\n\n"
    " pts rule name              description\n"
    + RULER
    + "-0.0 NO_RECEIVED            Informational: message has "
    "no Received headers\n"
    "1000 GTUBE                  BODY: Generic Test for Unsolicited Bulk Email\n"
    " 0.0 URIBL_BLOCKED          ADMINISTRATOR NOTICE: The query to URIBL was\n"
    "                            blocked.  See\n"
    "                            [URIs: acme.example]\n"
    "-100 USER_IN_WELCOMELIST    No description available.\n"
    " 0.0 TVD_SPACE_RATIO\n\n"
)


def test_a_report() -> None:
    reply = read_spamd_reply(HEAD + REAL.encode())
    assert (reply.spam, reply.score, reply.threshold) == (True, 7.3, 5.0)
    assert reply.symbols == (
        FilterSymbol("GTUBE", 1000.0, "BODY: Generic Test for Unsolicited Bulk Email"),
        FilterSymbol("USER_IN_WELCOMELIST", -100.0),
        FilterSymbol("NO_RECEIVED", 0.0, "Informational: message has no Received headers"),
        FilterSymbol(
            "URIBL_BLOCKED",
            0.0,
            "ADMINISTRATOR NOTICE: The query to URIBL was blocked.  See [URIs: acme.example]",
        ),
        FilterSymbol("TVD_SPACE_RATIO", 0.0),
    )


def test_the_text_of_the_message_is_no_table() -> None:
    quoted = f"Content preview: {RULER} 9.9 FORGED_RULE   buy\n{RULER} 9.9 FORGED_TOO   buy\n\n"
    names = {each.name for each in read_spamd_reply(HEAD + (quoted + REAL).encode()).symbols}
    assert "GTUBE" in names
    assert not names & {"FORGED_RULE", "FORGED_TOO"}


@pytest.mark.parametrize(
    ("body", "names"),
    [
        ("GTUBE,NO_RELAYS", ["GTUBE", "NO_RELAYS"]),
        ("GTUBE, NO_RELAYS\r\n", ["GTUBE", "NO_RELAYS"]),
        ("GTUBE,GTUBE", ["GTUBE"]),
        ("", []),
        ("A report of the administrator's own, without a table.", []),
    ],
)
def test_symbols(body: str, names: list[str]) -> None:
    symbols = read_spamd_reply(HEAD + body.encode()).symbols
    assert [each.name for each in symbols] == names
    assert all(each.score is None for each in symbols)


@pytest.mark.parametrize(
    ("text", "spam", "score"),
    [("True ; 1000.0 / 5.0", True, 1000.0), ("False ; -0.0 / 5.0", False, 0.0), ("Yes;15/5", True, 15.0)],
)
def test_verdicts(text: str, spam: bool, score: float) -> None:
    reply = read_spamd_reply(f"SPAMD/1.5 0 EX_OK\nSpam: {text}\n\n".encode())
    assert (reply.spam, str(reply.score)) == (spam, str(score))


@pytest.mark.parametrize(
    ("raw", "words", "status"),
    [
        (b"", "does not speak", False),
        (b"HTTP/1.1 200 OK\r\n\r\n", "does not speak spamd's protocol: 'HTTP/1.1 200 OK'", False),
        (b"220 mx.acme.example ESMTP\r\n", "does not speak", False),
        (b"SPAMD/1.0 76 Bad header line: (no\x1b[31m)\r\n", "error 76: Bad header line: (no [31m)", True),
        (b"SPAMD/1.1 75 \r\n\r\n", "error 75: no words", True),
        (b"SPAMD/1.1 0 EX_OK\r\nSpam: True ; 7", "cut off", False),
        (b"SPAMD/1.1 0 EX_OK\r\nContent-length: 99\r\nSpam: True ; 7 / 5\r\n\r\nGTUBE", "cut off", False),
        (b"SPAMD/1.1 0 EX_OK\r\n\r\nGTUBE", "no verdict: Spam: ''", False),
        (b"SPAMD/1.1 0 EX_OK\r\nSpam: Maybe ; 1 / 2\r\n\r\n", "no verdict: Spam: 'Maybe ; 1 / 2'", False),
        (b"SPAMD/1.1 0 EX_OK\r\nSpam: True ; nan / inf\r\n\r\n", "no verdict", False),
        (b"SPAMD/1.1 0 EX_OK\r\nSpam: True ; " + b"9" * 400 + b" / 5\r\n\r\n", "no verdict", False),
    ],
)
def test_what_is_no_answer_of_spamd(raw: bytes, words: str, status: bool) -> None:
    with pytest.raises(ReplyError) as error:
        read_spamd_reply(raw)
    assert words in str(error.value)
    assert str(error.value).isprintable()
    assert error.value.status is status


def test_a_report_of_any_length_is_bounded() -> None:
    rows = "".join(f" 1.0 RULE_{number}    {'x' * 5000}\n{'y' * 5000}\n" for number in range(3000))
    symbols = read_spamd_reply(HEAD + (RULER + rows).encode()).symbols
    assert len(symbols) <= MAX_SYMBOLS
    assert all(len(each.description) <= MAX_TEXT for each in symbols)


def rspamd(**changes: object) -> bytes:
    return json.dumps({"action": "no action", "score": 1.5, "required_score": 15.0, **changes}).encode()


def test_rspamd() -> None:
    symbols = {
        "A": {"score": 0.5, "description": "one"},
        "B": {"score": -3, "options": ["x", "y\r\nEvil: z", 7]},
        "C": {"score": 2.5, "description": ["no text"]},
        "D": 5,
    }
    reply = read_rspamd_reply(rspamd(symbols=symbols))
    assert (reply.verdict, reply.action, reply.score, reply.threshold) == ("clean", "no action", 1.5, 15.0)
    assert reply.symbols == (
        FilterSymbol("B", -3.0, "", ("x", "y  Evil: z")),
        FilterSymbol("C", 2.5),
        FilterSymbol("A", 0.5, "one"),
        FilterSymbol("D"),
    )


@pytest.mark.parametrize(
    ("action", "verdict"),
    [
        ("reject", "spam"),
        ("add header", "spam"),
        ("Rewrite Subject", "spam"),
        ("discard", "spam"),
        ("quarantine", "spam"),
        ("greylist", "deferred"),
        ("soft reject", "deferred"),
        ("no action", "clean"),
        ("invented here", "unknown"),
    ],
)
def test_actions(action: str, verdict: str) -> None:
    assert read_rspamd_reply(rspamd(action=action)).verdict == verdict


def test_what_was_skipped_was_not_judged() -> None:
    reply = read_rspamd_reply(rspamd(is_skipped=True))
    assert (reply.verdict, reply.skipped) == ("unknown", True)
    # GTUBE ends the scan early, but is still a verdict.
    assert read_rspamd_reply(rspamd(is_skipped=True, action="reject")).verdict == "spam"


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"", "not JSON"),
        (b"<html>", "not JSON"),
        (b"[" * 200_000, "not JSON"),
        (b'{"a":' * 200_000, "not JSON"),
        (b"9" * 200_000, "not JSON"),
        (b"[]", "not a JSON object"),
        (b"{}", "names no action"),
        (b'{"error":"invalid\\u001b command"}', "names no action: invalid  command"),
        (b'{"action": 5, "score": 1}', "names no action"),
        (b'{"action": "reject"}', "no score"),
        (b'{"action": "reject", "score": "15"}', "no score"),
        (b'{"action": "reject", "score": true}', "no score"),
        (b'{"action": "reject", "score": NaN}', "not JSON"),
        (b'{"action": "reject", "score": 1e999}', "no score"),
        (b'{"action": "reject", "score": ' + b"9" * 400 + b"}", "no score"),
    ],
)
def test_what_is_no_answer_of_rspamd(raw: bytes, words: str) -> None:
    with pytest.raises(ReplyError) as error:
        read_rspamd_reply(raw)
    assert words in str(error.value)
    assert str(error.value).isprintable()


def test_many_symbols_are_bounded_and_the_weightiest_kept() -> None:
    symbols = {f"S{number}": {"score": number / 100, "options": ["o" * 400] * 8} for number in range(1000)}
    reply = read_rspamd_reply(rspamd(symbols=symbols))
    assert len(reply.symbols) == MAX_SYMBOLS
    assert reply.symbols[0].name == "S999"
    assert all(len(each.options) <= MAX_OPTIONS for each in reply.symbols)
    assert all(len(option) <= MAX_TEXT for each in reply.symbols for option in each.options)


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


@examples(150)
@given(st.fixed_dictionaries({"action": JSON | st.just("reject"), "score": JSON}, optional={"symbols": JSON}))
def test_any_json_is_read_or_refused(value: object) -> None:
    try:
        reply = read_rspamd_reply(json.dumps(value).encode("utf-8", "surrogatepass"))
    except ReplyError:
        return
    assert reply.action.isprintable()


@examples(150)
@given(st.integers(), st.integers(0, 1))
def test_damaged_answers_are_read_or_refused(seed: int, kind: int) -> None:
    chance = random.Random(seed)
    raw = bytearray(HEAD + REAL.encode() if kind % 2 else rspamd(symbols={"A": {"score": 1}}))
    for _ in range(chance.randint(1, 12)):
        raw[chance.randrange(len(raw))] = chance.randrange(256)
    with suppress(ReplyError):
        reply = read_spamd_reply(bytes(raw)) if kind % 2 else read_rspamd_reply(bytes(raw))
        assert all(each.name.isprintable() and each.description.isprintable() for each in reply.symbols)
