"""One signed message, pasted and forwarded in various forms: fixtures/cases/mail/pasted.

No copy makes a valid signature of the original fail or disappear: it passes, or it is unknown.
"""

from __future__ import annotations

import base64
import json
import quopri
from pathlib import Path

import pytest

from mailproof.dns import ZoneResolver
from mailproof.engine.verify import judge_message
from mailproof.facts.message import collect_message
from mailproof.mail.attached import Attached
from mailproof.mail.saved import SavedMessage
from mailproof.model import MessageFacts
from mailproof.records.message import parse_message
from mailproof.records.pasted import tidy
from tests.support.cli import mailproof
from tests.support.dkim import NOW

FOLDER = Path(__file__).parents[3] / "fixtures" / "cases" / "mail" / "pasted"

EXACT = [
    "original.eml", "apple-raw-source.txt", "gmail-page.txt", "gmail-page-from-the-table-on.txt",
    "gmail-page-german.txt", "gmail-page.html", "entities.txt", "code-block.txt", "bars.txt", "quoted.txt",
    "quoted-wrapped.txt", "wrapped.txt", "wrapped-at-blanks.txt", "x-prefixed.txt", "outlook-web-source.txt",
    "non-breaking.txt",
]  # fmt: skip
#: Forms in which the message's source is lost.
TEXT_ALONE = ["forward-text.txt", "forward-text-german.txt", "headers-shown.txt", "gmail-table-only.txt"]
FORWARDS = ["forward-gmail.eml", "forward-apple.eml", "forward-thunderbird.eml", "forward-outlook.eml"]


async def facts_of(raw: bytes) -> MessageFacts:
    resolver = ZoneResolver.from_text((FOLDER / "acme.zone").read_text())
    return await collect_message(raw, resolver, now=NOW)


def found(facts: MessageFacts) -> dict[str, str]:
    """The status of each rule."""
    return {outcome.check: outcome.status for outcome in judge_message(facts)}


@pytest.mark.parametrize("name", EXACT)
async def test_the_signature_verifies_once_the_paste_is_undone(name: str) -> None:
    facts = await facts_of((FOLDER / name).read_bytes())
    assert [verdict.result for verdict in facts.dkim] == ["pass"]
    assert (facts.dmarc and facts.dmarc.result, facts.from_domain) == ("pass", "acme.example")
    assert (facts.envelope.ip, facts.envelope.mail_from) == ("192.0.2.25", "ada@acme.example")
    assert len(facts.received) == 1


@pytest.mark.parametrize(
    "text", ["Prix:\xa05 €", "```\r\nReceived: from c by d\r\nFrom: c@acme.example\r\n```"]
)
def test_what_is_in_the_text_of_a_message_that_travelled_is_no_paste(text: str) -> None:
    body = f"{text}\r\n".encode()
    for start in (b"", b"From a@acme.example Sun Nov  1 12:00:00 2026\r\n"):
        header = b"Received: from a by b\r\n\tfor <d@acme.example>; today\r\nFrom: a@acme.example\r\n\r\n"
        message = parse_message(start + header + body)
        assert (message.body, message.altered, message.problems) == (body, "", ())


@pytest.mark.parametrize("name", EXACT[2:])
@pytest.mark.parametrize("change", ["body", "signature", "both"])
async def test_nothing_is_called_unsigned_or_broken_on_an_altered_copy(name: str, change: str) -> None:
    text = (FOLDER / name).read_bytes()
    if change != "signature":
        text = text.replace(b"Dear Bob", b"Dear  B0b")
    if change != "body":
        text = text.replace(b"Lunch", b"Dinner")
    facts = await facts_of(text)
    status = found(facts)
    if facts.altered:
        assert [verdict.code for verdict in facts.dkim] == ["altered-copy"]
        assert {status["AUTH007"], status["AUTH008"]} == {"unknown"}
    else:  # the message was cut out of a page unchanged: failures there are real
        assert [verdict.result for verdict in facts.dkim] == ["fail"]
    assert status["AUTH012"] == "pass"


@pytest.mark.parametrize("name", EXACT[8:])
async def test_without_a_signature_an_altered_copy_is_unknown(name: str) -> None:
    text = (FOLDER / name).read_bytes().replace(b"DKIM-Signature", b"X-Was-Signature")
    facts = await facts_of(text.replace(b"-all", b""))
    assert (facts.altered != "", facts.dkim, found(facts)["AUTH012"]) == (True, (), "unknown")


@pytest.mark.parametrize("name", TEXT_ALONE)
async def test_text_without_its_source_proves_nothing(name: str) -> None:
    facts = await facts_of((FOLDER / name).read_bytes())
    status = found(facts)
    assert facts.partial
    assert status["AUTH012"] == "unknown"
    assert status["AUTH014"] in ("unknown", "skipped")
    assert facts.from_domain == "acme.example"


async def test_a_message_that_travelled_unsigned_is_still_called_so() -> None:
    text = (FOLDER / "original.eml").read_bytes().replace(b"DKIM-Signature", b"X-Was-Signature")
    assert found(await facts_of(text))["AUTH012"] == "warn"


@pytest.mark.parametrize("name", FORWARDS)
async def test_a_forward_in_the_text_is_told(name: str) -> None:
    facts = await facts_of((FOLDER / name).read_bytes())
    (one,) = facts.enclosed
    assert (one.kind, one.author, one.subject) == ("quoted", "Ada <ada@acme.example>", "Lunch")
    (finding,) = [f for outcome in judge_message(facts) for f in outcome.findings if f.rule == "MSG033"]
    assert "that is not the original" in finding.message
    assert all(name in str(finding.fix) for name in ("Gmail", "Outlook", "Apple Mail", "Thunderbird"))


async def test_a_reply_that_quotes_is_no_forward() -> None:
    assert (await facts_of((FOLDER / "reply.eml").read_bytes())).enclosed == ()


@pytest.mark.parametrize("name", ["attached.eml", "attached-base64.eml"])
async def test_an_attached_message_is_offered_and_judged(name: str) -> None:
    raw = (FOLDER / name).read_bytes()
    (one,) = (await facts_of(raw)).enclosed
    assert (one.kind, one.author, one.subject) == ("attached", "Ada <ada@acme.example>", "Lunch")
    (inner,) = Attached([SavedMessage(name, raw)])
    facts = await facts_of(inner.raw)
    assert ([v.result for v in facts.dkim], facts.from_domain) == (["pass"], "acme.example")
    assert inner.source == f"{name}, attached message 1"


def test_forwards_of_forwards_are_opened_to_the_innermost() -> None:
    raw = (FOLDER / "attached.eml").read_bytes()
    outer = b"From: c@d.example\r\nContent-Type: message/rfc822\r\n\r\n" + raw
    (inner,) = Attached([SavedMessage("", outer)])
    assert b"\nSubject: Lunch" in inner.raw
    assert b"Subject: Fwd" not in inner.raw


@pytest.mark.parametrize("raw", [b"", b"Subject: x\n\nno"], ids=["empty", "plain"])
def test_a_message_without_an_attached_one_has_a_problem(raw: bytes) -> None:
    (one,) = Attached([SavedMessage("x.eml", raw)])
    assert one.problem


def test_attached_at_the_command_line() -> None:
    zone = ("--zone", str(FOLDER / "acme.zone"), "--offline")
    outer = mailproof("verify", str(FOLDER / "attached.eml"), *zone, columns=200)
    assert "mailproof verify FILE --attached" in outer.out
    inner = mailproof("verify", str(FOLDER / "attached.eml"), "--attached", *zone, columns=200)
    assert "AUTH012" not in inner.out
    assert "acme.example" in inner.out
    none = mailproof("verify", str(FOLDER / "original.eml"), "--attached", *zone, columns=200)
    assert (none.code, none.out) == (2, "")
    assert "no message is attached" in none.err


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"<ada@acme.example>", b'<"ann co"@acme.example>'),
        (b"Return-Path: <ada@acme.example>\r\n", b""),
    ],
    ids=["Return-Path", "Received"],
)
async def test_a_return_path_in_quotes_may_hold_blanks(before: bytes, after: bytes) -> None:
    raw = (FOLDER / "original.eml").read_bytes().replace(before, after, 1)
    raw = raw.replace(b"id 4XyZ", b'id 4XyZ (envelope-from <"ann co"@acme.example>)')
    facts = await facts_of(raw)
    assert facts.envelope.mail_from == '"ann co"@acme.example'
    assert facts.spf is not None
    assert (facts.spf.result, facts.spf.domain) == ("pass", "acme.example")


_SOURCE = (
    b"Received: from x.test (x.test [192.0.2.1]) by mx.rcpt.test; Sun, 01 Nov 2026 11:59:02 +0000\n"
    b"From: a@acme.example\nSubject: Lunch=12\n\nSee you at noon.\n"
)


@pytest.mark.parametrize(
    ("saved", "words", "altered"),
    [
        (base64.encodebytes(_SOURCE), "encoded in base64", False),
        (base64.urlsafe_b64encode(_SOURCE).rstrip(b"="), "encoded in base64", False),
        (b'%d       \n%s<?xml version="1.0"?><plist/>\n' % (len(_SOURCE), _SOURCE), ".emlx", False),
        (_SOURCE.decode().encode("utf-16-le"), "UTF-16", True),
        (_SOURCE.decode().encode("utf-16-be"), "UTF-16", True),
        (_SOURCE.replace(b"From:", b"\xe2\x80\x8bFrom:"), "without width", True),
        (quopri.encodestring(_SOURCE), "quoted-printable", False),
        (json.dumps(_SOURCE.decode()).encode(), "in JSON", False),
        (json.dumps({"raw": base64.urlsafe_b64encode(_SOURCE).decode()}).encode(), "in JSON", False),
    ],
    ids=["base64", "for URLs", "emlx", "UTF-16, low octet first", "UTF-16, high octet first", "no width",
         "quoted-printable", "JSON", "an API's JSON"],
)  # fmt: skip
def test_messages_within_the_files_of_programs(saved: bytes, words: str, *, altered: bool) -> None:
    copy = tidy(saved)
    assert copy.raw == _SOURCE
    assert words in " ".join(copy.problems)
    assert bool(copy.altered) == altered


def test_a_message_of_a_lists_archive_has_its_address_back() -> None:
    """As written by Mailman's pipermail; any other word before "at" is not the author's."""
    raw = b"From ada at acme.example  Tue Nov 10 10:00:03 2026\nFrom: ada at acme.example (Ada)\n\nHi\n"
    found = parse_message(raw)
    assert (found.first("from"), found.mbox_sender) == ("ada@acme.example (Ada)", "ada@acme.example")
    assert "archive" in found.partial
    assert "archive" in found.altered
    other = parse_message(raw.replace(b"From: ada", b"From: eve"))
    assert (other.first("from"), other.partial) == ("eve at acme.example (Ada)", "")


@pytest.mark.parametrize(
    ("subject", "body"), [(b"Lunch", b"a =3D b\n"), (b"L" * 90, b"Zo\xc3\xab\n"), (b"a=b", b"x\n")]
)
def test_a_message_wholly_in_quoted_printable(subject: bytes, body: bytes) -> None:
    """Its lines are wrapped or its line ends encoded, even if no equals sign in the header is."""
    source = _SOURCE.replace(b"Lunch=12", subject).replace(b"See you at noon.\n", body)
    whole = quopri.encodestring(source)
    for saved in (whole, b"\n \n" + whole, source.replace(b"=", b"=3d").replace(b"\n", b"=0D\n")):
        copy = tidy(saved)
        assert copy.raw.replace(b"\r\n", b"\n") == source.replace(b"\r\n", b"\n")
        assert "quoted-printable" in copy.problems[0]


@pytest.mark.parametrize("below", [b"To: b@acme.example\n", b" more\n"])
def test_a_long_field_that_ends_in_an_equals_sign_is_not_encoded(below: bytes) -> None:
    text = _SOURCE.replace(b"Lunch=12\n", b"x" * 63 + b"=\n" + below)
    assert tidy(text).raw == text


@pytest.mark.parametrize(
    "text",
    [
        base64.b64encode(b"no message, but words " * 9), b"A" * 61, b"42\n" + _SOURCE, b"99999\n" + _SOURCE,
        _SOURCE.replace(b"=12", b"=?us-ascii?Q?=3D12?="), b'{"raw": "words"}', b"[" * 100_000,
        b'{"a":' * 50_000,
    ],
    ids=["words", "no base64", "another length", "a length beyond the end", "an encoded word",
         "JSON of words", "deep JSON", "deeper JSON"],
)  # fmt: skip
def test_what_only_looks_like_them_stays(text: bytes) -> None:
    assert not any(word in each for each in tidy(text).problems for word in ("encoded", "emlx", "JSON"))


@pytest.mark.parametrize(
    "field",
    [
        "X-Spam/Score: 1",
        "X-Mailer:PHP",
        "X-Script:0:mail.php",
        "X-Report:https://a.example/",
        "Precedence:bulk",
    ],
)
def test_a_field_without_a_space_is_no_folded_line(field: str) -> None:
    text = (FOLDER / "original.eml").read_bytes()
    message = parse_message(text.replace(b"\nSubject:", b"\n" + field.encode() + b"\nSubject:"))
    assert (message.altered, message.problems) == ("", ())
    assert message.first(field.partition(":")[0].lower()) == field.partition(":")[2].strip()
