# ruff: noqa: E501 (one reply a line reads best; other languages)
"""Distinguishing bounces from messages that only look like one, and their recipients."""

from __future__ import annotations

import base64

import pytest

from mailproof.data.bounces import bounces
from mailproof.errors import MessageError
from mailproof.explain import explain_dsn, explain_file, explain_text
from mailproof.render.text.explanation import render_explanation
from tests.support.notices import NOTICE, notified


def test_a_message_that_quotes_a_reply_is_no_bounce() -> None:
    found = explain_file(
        b"From: News <news@acme.example>\nSubject: Bounces\n\nWhat is 550 5.1.1 user unknown?\n"
    )
    assert found.kind == "message"
    assert render_explanation(found, {}).startswith("The message is not a bounce. It quotes:\n")


def test_a_report_that_was_lost_is_asked_for() -> None:
    """As sendmail's was, on a server that stored only the header."""
    kind = 'Content-Type: multipart/report; report-type=delivery-status; boundary="b"'
    with pytest.raises(MessageError, match="without the report"):
        explain_file(f"From: MAILER-DAEMON@mx.example\n{kind}\n\n<<< No Message Collected >>>\n".encode())


def test_lines_with_labels_are_no_header_of_a_message() -> None:
    labelled = b"From: ada@acme.example\nRecipient: bob@receiver.example\nError: 550 5.7.1 Relaying denied\n"
    (reply,) = explain_file(labelled).replies
    assert (reply.recipient, reply.causes[0].id) == ("bob@receiver.example", "relay-denied")
    with pytest.raises(MessageError):
        explain_file(b"Message-ID: <1@acme.example>\n" + labelled)


@pytest.mark.parametrize(
    ("subject", "words"),
    [
        (
            "Zustellung verzögert",
            "Die Nachricht konnte noch nicht zugestellt werden. Es wird weiter versucht.",
        ),
        ("Remise retardée", "Le message n'a pas encore été remis. Le serveur va continuer d'essayer."),
        ("Entrega retrasada", "El mensaje aún no se ha podido entregar. Se seguirá intentando."),
        ("Consegna in ritardo", "Il messaggio non è stato ancora consegnato."),
        ("Сообщение задержано", "Сообщение ещё не доставлено."),
    ],
)
def test_a_delay_in_another_language(subject: str, words: str) -> None:
    (reply,) = notified(f"{words}\n\n<bob@receiver.example>: 451 4.7.1 Greylisted", f"Subject: {subject}\n")
    assert reply.permanent is False
    assert reply.causes[0].fix.startswith("Wait:")
    (ended,) = notified(
        "Die Nachricht konnte nicht zugestellt werden.\n\n<bob@receiver.example>: 451 Greylisted"
    )
    assert ended.permanent is True


@pytest.mark.parametrize(
    "head",
    ["-----Original Message-----\n", "---------- Forwarded message ---------\n"],
    ids=["Outlook", "Gmail"],
)
def test_a_bounce_that_a_user_forwarded_in_the_text(head: str) -> None:
    """The user's own words, address and telephone number are not taken for the bounce's."""
    raw = (
        "From: Ada <ada@acme.example>\nTo: help@acme.example\nSubject: FW: Undeliverable: Lunch\n\n"
        f"Why?\n\nAda (ada@acme.example, +49 555 123456)\n\n{head}"
        "From: Microsoft Outlook <MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@acme.example>\n"
        "Sent: Wednesday, November 25, 2026 12:00 PM\nTo: Ada <ada@acme.example>\nSubject: Undeliverable: Lunch\n\n"
        "Delivery has failed to these recipients or groups:\n\nbob@receiver.example<mailto:bob@receiver.example>\n"
        "Remote Server returned '550 5.1.1 User unknown'\n"
    )
    (reply,) = explain_file(raw.encode()).replies
    assert (reply.recipient, reply.code, reply.causes[0].id) == ("bob@receiver.example", 550, "unknown-user")


def test_a_notification_that_greets_the_sender_is_about_the_addressee() -> None:
    words = "Hello ada@acme.example,\n\nthe group may not exist.\n\n----- Original message -----\n\n"
    (reply,) = notified(f"{words}From: ada@acme.example\nTo: talk@receiver.example\nSubject: x\n\nHi")
    assert reply.recipient == "talk@receiver.example"


def test_a_mail_server_is_no_recipient() -> None:
    words = "Von: Mail Delivery <mailer-daemon@a.example>\n\nNicht an bob@receiver.example zugestellt\n\n550 5.1.1 x\n"
    (reply,) = notified(words)
    assert reply.recipient == "bob@receiver.example"


def test_a_notification_in_the_file_of_a_program() -> None:
    raw = b"From: MAILER-DAEMON@mx.test\nSubject: failure notice\n\n<bob@receiver.example>: 550 5.1.1 User unknown\n"
    for saved in (
        b"\xef\xbb\xbf" + raw,
        b"\n\n" + raw,
        raw.decode().encode("utf-16"),
        base64.encodebytes(raw),
    ):
        assert explain_file(saved) == explain_file(raw)


@pytest.mark.parametrize(
    ("final", "original", "shown"),
    [
        (r"utf-8; bob\x{E9}@receiver.example", r"utf-8; bob\x{E9}@receiver.example", ("bobé@receiver.example", "")),
        ("utf-8; 用户@例子.example", r"utf-8; \x{7528}\x{6237}@xn--fsqu00a.example", ("用户@例子.example", "")),
        (r"utf-8; bob\x{D800}@receiver.example", "", (r"bob\x{D800}@receiver.example", "")),
    ],
)  # fmt: skip
def test_an_internationalized_recipient(final: str, original: str, shown: tuple[str, str]) -> None:
    named = (
        f"Final-Recipient: {final}\nOriginal-Recipient: {original}"
        if original
        else f"Final-Recipient: {final}"
    )
    found = explain_dsn(
        f"From: MAILER-DAEMON@mx.acme.example\nContent-Type: message/delivery-status\n\n"
        f"Reporting-MTA: dns; mx.acme.example\n\n{named}\nAction: failed\nStatus: 5.1.1\n".encode()
    )
    assert found is not None
    assert [(reply.recipient, reply.original) for reply in found.replies] == [shown]


def test_the_receiving_server_of_a_policy_error_is_not_the_sending_address() -> None:
    (reply,) = explain_text(
        "host mx.a.example [198.51.100.5] Policy error: DANE error: tlsa lookup DEFER"
    ).replies
    assert reply.address == ""


def test_a_reply_in_brackets_behind_the_address_has_its_code() -> None:
    """As GroupWise writes it."""
    found = explain_dsn(
        b"Return-Path: <>\nFrom: Mailer-Daemon@gw.a.example\nTo: ada@acme.example\nSubject: Message status - undeliverable"
        b"\n\nThe message that you sent was undeliverable to the following:\n\tbob@a.example (550 No such user)\n"
        b"\tcarol@a.example (450 Host down (mx.a.example))\n"
    )
    assert found is not None
    assert [(each.recipient, each.code) for each in found.replies] == [
        ("bob@a.example", 550),
        ("carol@a.example", 450),
    ]


@pytest.mark.parametrize(
    ("names", "to", "found"),
    [
        ("\tbob (user not found)\n\tEve Meyer (mailbox full)\n", "<bob@a.example>, Eve Meyer <em@a.example>",
         [("bob@a.example", "unknown-user"), ("em@a.example", "mailbox-full")]),
        ("\tbob (user not found)\n", "info@a.example", [("info@a.example", "unknown-user")]),
        ("\tEve (mailbox full)\n", "bob@a.example, info@a.example", [("Eve", "mailbox-full")]),
    ],
    ids=["each by name", "the only one", "of no one"],
)  # fmt: skip
def test_users_without_an_address_are_those_of_the_returned_message(
    names: str, to: str, found: list[tuple[str, str]]
) -> None:
    """As GroupWise writes it, with a copy that begins without trace fields."""
    raw = (
        "Return-Path: <>\nFrom: Mailer-Daemon@gw.a.example\nTo: ada@acme.example\nSubject: Message status - "
        f"undeliverable\n\nThe message that you sent was undeliverable to the following:\n{names}\n"
        f"Possibly truncated original message follows:\n\nFrom: ada@acme.example\nTo: {to}\nSubject: x\n\nHi\n"
    )
    explained = explain_dsn(raw.encode())
    assert explained is not None
    assert [(each.recipient, each.causes[0].id) for each in explained.replies] == found
    assert explained.returned is not None


@pytest.mark.parametrize(
    ("path", "author", "subject", "words"),
    [
        ("<postmaster@a.example>", "postmaster@a.example", "Meeting", "Shall we meet at bob@a.example?"),
        ("<shop@a.example>", "shop@a.example", "Delivery failed: parcel", "We could not deliver to bob@a.example."),
        ("<>", "MAILER-DAEMON@acme.example", "Quota", "ada@acme.example is 92% full: mail could not be delivered."),
    ],
    ids=["a postmaster writes", "a parcel", "a quota warning"],
)  # fmt: skip
def test_what_is_from_a_server_or_of_a_delivery_is_not_always_a_bounce(
    path: str, author: str, subject: str, words: str
) -> None:
    raw = NOTICE.format(path, author, subject, words).encode()
    assert explain_dsn(raw, lenient=True) is None


def test_a_report_of_forged_mail_is_no_reason_to_let_its_sender_send() -> None:
    raw = (
        "From: dmarc@mx.test\nSubject: FW: dmarc failure\nContent-Type: multipart/report; boundary=b;"
        " report-type=feedback-report\n\n--b\nContent-Type: message/feedback-report\n\nFeedback-Type: auth-failure\n"
        "Source-IP: 203.0.113.66\n\n--b\nContent-Type: message/rfc822\n\nFrom: ada@acme.example\n\nx\n--b--\n"
    )
    (reply,) = explain_file(raw.encode()).replies
    assert reply.causes[0].id == "failure-report"
    assert "no address added to SPF" in reply.causes[0].fix
    for entry in bounces().entries:
        assert "dd the sending address" not in entry.fix or "your own" in entry.fix, entry.id


@pytest.mark.parametrize("mark", ["From MAILER-DAEMON Sun Nov  1 12:00:00 2026\n", "\1\1\1\1\n"])
def test_each_bounce_of_a_mailbox_is_explained(mark: str) -> None:
    """Other messages in it are skipped."""
    words = ("<bob@a.example>: 550 5.1.1 User unknown", "Hello", "<eve@a.example>: 552 5.2.2 Mailbox full")
    box = "".join(mark + NOTICE.format("<>", "MAILER-DAEMON@a.example", "x", each) for each in words)
    found = explain_file(box.encode())
    assert [(each.recipient, each.code) for each in found.replies] == [
        ("bob@a.example", 550),
        ("eve@a.example", 552),
    ]
    with pytest.raises(MessageError, match="not a bounce"):
        explain_file((mark + NOTICE.format("<>", "bob@a.example", "x", "Hello") * 2).encode())


@pytest.mark.parametrize(
    ("subject", "words"),
    [
        ("Automatic reply: Lunch", "Contact eve@a.example.\n\nBob <bob@a.example>\nPhone: 514 555 1234"),
        ("Automatic reply: Delivery failed?", "I am away. bob@a.example\nPhone: 514 555 1234"),
        (
            "Re: Undeliverable parcel",
            "We received your request for bob@a.example: 554 tickets are before you.",
        ),
    ],
)
def test_an_automatic_reply_of_a_person_is_no_bounce(subject: str, words: str) -> None:
    """Even if it contains codes (RFC 3834)."""
    raw = NOTICE.format("<>", "Bob <bob@a.example>\nAuto-Submitted: auto-replied", subject, words)
    assert explain_dsn(raw.encode(), lenient=True) is None


def test_a_subject_that_is_quoted_is_no_reply() -> None:
    words = "This could not be delivered:\n\n  bob@a.example\n\nSubject: 550 5.7.1 a code"
    found = explain_dsn(NOTICE.format("<>", "MAILER-DAEMON@a.example", "Undelivered", words).encode())
    assert found is not None
    assert [(each.code, each.status) for each in found.replies] == [(0, "")]


def test_the_subject_of_a_delay_says_less_than_its_reply() -> None:
    words = "<bob@a.example>: 450 4.0.0 Requested action aborted"
    subject = "Delayed Mail (still being retried)"
    found = explain_dsn(NOTICE.format("<>", "MAILER-DAEMON@a.example", subject, words).encode())
    assert found is not None
    assert [each.causes[0].id for each in found.replies] == ["server-not-available"]


def test_a_warning_of_a_delay_is_one_though_it_speaks_of_errors() -> None:
    """As Zoho writes it: the message is still queued."""
    words = (
        "THIS IS A WARNING MESSAGE ONLY.\n\n----- The following addresses had fatal errors -----\n[Status: Error, "
        "Address: <bob@a.example>, ResponseCode 421, , Host not reachable.]\n\nMessage will be retried for 4 more day(s)"
    )
    found = explain_dsn(
        NOTICE.format("<>", "mailer-daemon@mail.zoho.example", "Mail Delivery", words).encode()
    )
    assert found is not None
    assert [(each.code, each.permanent) for each in found.replies] == [(421, False)]


@pytest.mark.parametrize(
    ("words", "permanent"),
    [
        ("is delayed. If it cannot be delivered in 3 days, it will be returned as undeliverable.", False),
        ("has not yet been delivered. You will be notified if the delivery fails permanently.", False),
        (
            "konnte noch nicht zugestellt werden. Sie hören davon, wenn die Zustellung endgültig scheitert.",
            False,
        ),
        ("is delayed: still trying. It will become undeliverable after 2 days.", False),
        ("could not be delivered for 5 days. I have given up.", True),
    ],
)
def test_what_happens_only_if_a_delay_lasts_has_not_happened(words: str, permanent: bool) -> None:
    text = f"<bob@a.example>: 450 4.2.0 Mailbox busy\n\nYour message {words}"
    found = explain_dsn(NOTICE.format("<>", "MAILER-DAEMON@a.example", "Mail", text).encode())
    assert found is not None
    assert [each.permanent for each in found.replies] == [permanent]
