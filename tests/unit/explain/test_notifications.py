"""Notifications in servers' and providers' formats (fixtures/bounces, written by us), and their causes."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from mailproof.data.bounces import bounces
from mailproof.errors import MessageError
from mailproof.explain import explain_dsn, explain_file, explain_text
from mailproof.facts.message import read_bounce
from mailproof.mail.dsn import parse_dsn, read_notification
from mailproof.model import BounceReply
from mailproof.records.message import parse_message
from mailproof.render.look import SCREEN
from mailproof.render.text.explanation import MAX_ECHO, render_explanation
from tests.unit.explain.hundred import REPLIES

FOLDER = Path(__file__).resolve().parents[3] / "fixtures" / "bounces"
EXPECTED = {
    row["file"]: row["expect"]
    for row in map(json.loads, (FOLDER / "expected.jsonl").read_text("utf-8").splitlines())
}
NAMES = ("recipient", "status", "code", "cause")


def replies_of(name: str) -> tuple[BounceReply, ...]:
    return explain_file((FOLDER / name).read_bytes()).replies


def notified(words: str, header: str = "") -> bytes:
    """A single-part notification."""
    return (
        "Return-Path: <>\nFrom: MAILER-DAEMON@mx.acme.example\nTo: ada@acme.example\n"
        "Subject: failure notice\n"
        f"{header}\n{words}\n"
    ).encode()


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_each_form(name: str) -> None:
    replies = replies_of(name)
    found = [
        (reply.recipient, reply.status, reply.code, reply.causes[0].id if reply.causes else "")
        for reply in replies
    ]
    assert found == [tuple(one[key] for key in NAMES) for one in EXPECTED[name]]
    for reply in replies:  # nothing is taken from the returned message
        assert "quoted" not in reply.text
        assert "They said" not in reply.text


def test_the_folder_and_the_list_agree() -> None:
    assert {path.name for path in FOLDER.glob("*.eml")} == set(EXPECTED)


@pytest.mark.parametrize(
    "name", ["cr-only.eml", "exim-unrouteable.eml", "qmail-two.eml", "yahoo-colon.eml", "opensmtpd.eml"]
)
def test_verify_reads_what_explain_reads(name: str) -> None:
    found = read_bounce(parse_message((FOLDER / name).read_bytes()))
    assert found is not None
    assert found.replies == replies_of(name)


def test_a_hundred_replies() -> None:
    for text, kind in REPLIES:
        (reply,) = explain_text(text).replies or (BounceReply(text),)
        assert (reply.causes[0].kind if reply.causes else "") == kind, text
        for cause in reply.causes:
            assert cause.degree in ("certain", "likely", "code only"), text
            assert cause.certain == (cause.degree == "certain"), text
            assert cause.phrase.lower() in " ".join(text.lower().split()), text


@pytest.mark.parametrize(
    ("text", "cause", "degree"),
    [
        ("550 5.1.1 User unknown", "unknown-user", "certain"),
        ("550 5.1.1 mailbox unavailable", "unknown-user", "likely"),
        ("550 5.1.1 go away", "unknown-user", "code only"),
        ("550 5.2.2 go away", "mailbox-full", "code only"),
    ],
)
def test_the_degrees(text: str, cause: str, degree: str) -> None:
    (reply,) = explain_text(text).replies
    assert (reply.causes[0].id, reply.causes[0].degree) == (cause, degree)


@pytest.mark.parametrize(
    ("text", "not_a_cause"),
    [
        ("550 User bob not listed in Domino Directory", "blocklist"),
        ("550 5.1.2 The domain receiver.example does not exist", "yahoo-domain"),
        ("550 bob xtlsay dHRsc2E", "dane"),
        ("550 Mailman 2.1.39 says no", "spam-content"),
        ("550 5.7.1 Unauthenticated email is not accepted here", "gmail-unauthenticated"),
    ],
)
def test_words_that_only_look_like_a_cause(text: str, not_a_cause: str) -> None:
    for reply in explain_text(text).replies:
        assert not_a_cause not in [cause.id for cause in reply.causes]


def test_a_version_is_no_code() -> None:
    (reply,) = explain_text("550 refused by Mailman 2.1.39 and Exim 4.2.1 here").replies
    assert (reply.code, reply.status) == (550, "")


@pytest.mark.parametrize("command", ["after MAIL FROM:<ada@acme.example>", "in reply to MAIL FROM command"])
def test_a_refusal_of_mail_from_is_about_the_sender(command: str) -> None:
    (reply,) = explain_text(f"SMTP error {command}: 553 5.1.1 no such user here").replies
    assert reply.causes[0].kind == "sender-refused"


def test_the_registry_does_not_contradict_the_cause() -> None:
    (reply,) = explain_text("550 5.1.1 Over quota - mailbox full").replies
    assert reply.causes[0].id == "mailbox-full"
    assert reply.registered == ""
    (same,) = explain_text("552 5.2.2 mailbox full").replies
    assert "full" in same.registered


def test_a_forwarded_recipient_is_told_with_the_one_that_was_written() -> None:
    (reply,) = replies_of("forwarded.eml")
    assert (reply.recipient, reply.original) == ("bob@other.test", "bob@receiver.example")
    facts = parse_dsn((FOLDER / "forwarded.eml").read_bytes())
    assert facts is not None
    assert (facts.recipient, facts.forwarded_to) == ("bob@receiver.example", "bob@other.test")


def test_a_delay_and_a_failure() -> None:
    late, failed = replies_of("two-recipients-one-late.eml")
    assert (late.permanent, failed.permanent) == (False, True)
    assert [reply.permanent for reply in replies_of("exim-warning.eml")] == [False]
    assert [reply.permanent for reply in replies_of("qmail-no-connection.eml")] == [True]


@pytest.mark.parametrize(
    ("words", "late"),
    [
        ("Ihre Nachricht konnte bisher nicht zugestellt werden.", True),
        ("Su mensaje todavía no se ha entregado.", True),
        ("Su mensaje no se ha podido entregar. No se volverá a intentar.", False),
        ("Il messaggio non è ancora stato consegnato.", True),
        ("Wiadomość nie została jeszcze dostarczona.", True),
        ("Meddelandet har ännu inte levererats.", True),
        ("メッセージの配信が遅延しています。", True),
        ("您的邮件尚未送达,系统将继续尝试投递。", True),
        ("Mesajınız henüz teslim edilemedi.", True),
        ("Your message hasn't been delivered yet. Attempts to deliver the message will continue.", True),
        ("The email has NOT BEEN DELIVERED.", False),
        ("No further attempts will be made.", False),
        ("Gmail will retry for 46 more hours.", True),
        ("Zustellung unvollständig. Gmail versucht es noch 46 Stunden lang.", True),
        ("Remise incomplète. Gmail réessaiera pendant 46 heures.", True),
        ("Il messaggio non può essere consegnato. Il server non riproverà.", False),
        ("一時的な問題です。再試行しません。", False),
        ("一時的な問題です。46 時間再試行します。", True),
    ],
)
def test_a_delay_in_more_languages(words: str, *, late: bool) -> None:
    (reply,) = explain_file(notified(f"{words}\n\n<bob@receiver.example>: Connection timed out")).replies
    assert reply.permanent is not late


def test_what_was_given_up_is_not_to_be_waited_for() -> None:
    words = "Sorry, I wasn't able to establish an SMTP connection. (#4.4.1)"
    given_up = (
        *replies_of("qmail-no-connection.eml"),
        *explain_text(f"{words} I've given up.").replies,
        *explain_text("554 5.4.1 Network error on destination MX").replies,
    )
    for reply in given_up:
        assert (reply.permanent, reply.causes[0].kind) == (True, "unreachable")
        assert "not tried again" in reply.causes[0].fix
    for text in (words, f"{words} It will be retried before I'm giving up."):
        (waiting,) = explain_text(text).replies
        assert waiting.permanent is False
        assert waiting.causes[0].fix.startswith("Wait:")


@pytest.mark.parametrize("name", ["exim-two.eml", "qmail-two.eml", "sendmail-5.eml"])
def test_a_pasted_body_is_read_like_the_message(name: str) -> None:
    body = (FOLDER / name).read_text("utf-8").partition("\n\n")[2]
    pasted = explain_text(body)
    assert pasted.kind == "notification"
    assert [(reply.recipient, reply.code) for reply in pasted.replies] == [
        (reply.recipient, reply.code) for reply in replies_of(name)
    ]


def test_a_bounce_on_one_line() -> None:
    words = (FOLDER / "gmail-old.eml").read_text("utf-8").partition("\n\n")[2].partition("-----")[0]
    line = " ".join(words.split())
    assert len(line) > 255
    (reply,) = explain_text(line).replies
    assert (reply.recipient, reply.code, reply.status) == ("bob@receiver.example", 550, "5.1.1")
    assert reply.causes[0].id == "unknown-user"


_FORWARD = (
    b'From: ada@acme.example\nSubject: Look\nContent-Type: multipart/mixed; boundary="of-the-forward"\n\n'
    b"--of-the-forward\nContent-Type: text/plain\n\nWhat is this?\n--of-the-forward\n"
    b"Content-Type: message/rfc822\n\n%s\n--of-the-forward--\n"
)
SAVED: dict[str, Callable[[bytes], bytes]] = {
    "in an mbox": lambda raw: b"From MAILER-DAEMON Wed Nov 25 12:00:00 2026\n" + raw,
    "base64": lambda raw: base64.encodebytes(b"From MAILER-DAEMON Wed Nov 25 12:00:00 2026\n" + raw),
    "quoted": lambda raw: b"> " + raw.replace(b"\r", b"\n").replace(b"\n", b"\n> "),
    "forwarded": lambda raw: _FORWARD % raw,
}


@pytest.mark.parametrize("form", SAVED)
def test_a_copy_says_the_same(form: str) -> None:
    for name in EXPECTED:
        raw = (FOLDER / name).read_bytes()
        assert explain_file(SAVED[form](raw)).replies == explain_file(raw).replies, name


def test_a_damaged_first_line_is_still_a_message() -> None:
    raw = (FOLDER / "postfix-folded.eml").read_bytes().replace(b"Return-Path", b"eturn-Path", 1)
    assert explain_file(raw).kind == "notification"


@pytest.mark.parametrize(
    "raw",
    [
        b"Return-Path: <>\nFrom: ada@acme.example\nSubject: Away\n\nI am away, ask bob@acme.example.\n",
        b"Return-Path: <>\nFrom: a@b.example\nAuto-Submitted: auto-replied\nSubject: Re: x\n\nThanks!\n",
        b"From: MAILER-DAEMON@mx.acme.example\nSubject: hello\n\n\n",
    ],
)
def test_automatic_replies_are_no_bounces(raw: bytes) -> None:
    assert read_notification(raw) is None
    assert explain_dsn(raw) is None
    with pytest.raises(MessageError):
        explain_file(raw)


def test_long_pastes_are_cut_and_urls_kept_whole() -> None:
    url = "https://receiver.example/" + "why/" * 40
    page = render_explanation(
        explain_text(f"550 5.1.1 User unknown, see {url} {'words ' * 200}"), {}, SCREEN._replace(width=60)
    )
    assert page.count("words") < 60
    assert "(…)" in page
    assert max(map(len, page.splitlines())) <= MAX_ECHO + 20
    shown = render_explanation(explain_text(f"550 5.1.1 User unknown {url}"), {}, SCREEN._replace(width=60))
    assert url in shown.replace("\n", "")
    assert any(url in line for line in shown.splitlines())


def test_candidates_are_rules_to_check_and_next_is_left_out_where_none_fits() -> None:
    page = render_explanation(explain_text("552 5.2.2 mailbox full"), {})
    assert "proof" not in page
    assert "\nnext" not in page
    assert "\nwords  " in page


def test_a_notification_without_a_known_cause_says_so() -> None:
    explained = explain_file(notified("<bob@receiver.example>:\nthe moon is in the wrong house\n"))
    assert explained.known
    assert not explained.replies[0].causes
    assert "unknown: no server" in render_explanation(explained, {})


@pytest.mark.parametrize(
    "words",
    [
        "<bob@receiver.example>:\n" * 20_000,
        "550 <" + "a" * 300_000 + "@b.example>... User unknown\n",
        "user unknown " * 30_000,
        "--- original " * 30_000,
        "Recipient: " * 30_000,
        "--b\n" * 30_000,
    ],
)
def test_hostile_notifications_are_bounded(words: str) -> None:
    for header in ("", 'Content-Type: multipart/report; boundary="b"\n'):
        found = read_notification(notified(words, header), lenient=True)
        if found is not None:
            assert len(found.recipients) <= 50
            assert all(len(one.reply) <= 1000 and len(one.words) <= 3000 for one in found.recipients)


def test_parts_within_parts_are_bounded() -> None:
    raw = b""
    for number in range(200):
        raw += f'Content-Type: multipart/mixed; boundary="b{number}"\n\n--b{number}\n'.encode()
    assert read_notification(b"From: MAILER-DAEMON@x.example\n" + raw) is None


@pytest.mark.parametrize("subject", ["Undeliverable: Virus found, mailbox full", "Failure: Virus found"])
def test_the_subject_that_it_quotes_is_none_of_its_words(subject: str) -> None:
    raw = notified(
        "Your message\n  Subject: Virus found, mailbox full\n\ndid not reach the following recipient(s):\n\n"
        "bob@receiver.example on Wed, 25 Nov 2026 12:00:00 +0000\n    The recipient name is not recognized\n"
        "\n----- Original message -----\n\nFrom: a@acme.example\nSubject: Virus found\n"
    ).replace(b"failure notice", subject.encode())
    (reply,) = explain_file(raw).replies
    assert (reply.recipient, reply.causes[0].id) == ("bob@receiver.example", "unknown-user")
    silent = explain_file(raw.replace(b"    The recipient name is not recognized\n", b"")).replies
    assert not silent[0].causes


def test_kinds_are_few_and_every_entry_has_one() -> None:
    kinds = {entry.kind for entry in bounces().entries}
    assert len(kinds) < 30
    assert all(entry.needles or entry.codes for entry in bounces().entries)
