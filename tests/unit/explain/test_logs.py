# ruff: noqa: E501 (one reply a line reads best; other languages)
"""Pasted lines of logs, sessions and exceptions."""

from __future__ import annotations

import pytest

from mailproof.explain import explain_file, explain_text
from mailproof.render.text.explanation import render_explanation
from tests.support.notices import NOTICE, notified


def test_a_relay_in_sendmails_log_is_the_server() -> None:
    log = "Nov 25 12:00:00 mx sendmail[1]: 3AP0: to=<bob@receiver.example>, relay=mx.receiver.example. [198.51.100.5], dsn=5.7.1, stat=Service unavailable"
    (reply,) = explain_text(log).replies
    assert (reply.remote, reply.address) == ("mx.receiver.example", "")


def test_a_number_in_a_ticket_is_no_reply() -> None:
    ticket = '"550 5.1.1 User unknown"\n\nPlease call 0221 555 123.\n'
    assert [each.code for each in explain_text(ticket).replies] == [550]
    assert (
        explain_text('Please check the recipient "bob@a.example": 5.7.1 Relay access denied')
        .replies[0]
        .recipient
        == "bob@a.example"
    )
    assert (
        explain_text("Your message to *bob@a.example* bounced: 550 User unknown").replies[0].recipient
        == "bob@a.example"
    )


def test_what_was_sent_in_sendmails_log_is_no_failure() -> None:
    line = "Nov 25 12:00:00 mx sendmail[1]: 3AP0: to=<{}@receiver.example>, dsn={}, stat={}\n"
    log = line.format("bob", "2.0.0", "Sent (OK queued)") + line.format("eve", "5.1.1", "User unknown")
    assert [reply.recipient for reply in explain_text(log).replies] == ["eve@receiver.example"]
    assert not explain_text(log.splitlines()[0]).replies[0].causes


@pytest.mark.parametrize(("code", "permanent"), [("454 4.7.1", False), ("554 5.7.1", True)])
def test_a_pasted_session_was_given_up_where_its_reply_says_so(code: str, permanent: bool) -> None:
    session = f" -> RCPT TO:<bob@receiver.example>\n<** {code} <bob@receiver.example>: Relay access denied\n"
    (reply,) = explain_text(session).replies
    assert reply.permanent is permanent


def test_the_client_in_exims_log_is_the_sender() -> None:
    log = "2026-11-25 12:00:01 H=mail.acme.example [192.0.2.25] X=TLS1.3 F=<ada@acme.example> rejected RCPT <bob@receiver.example>: no"
    (reply,) = explain_text(log).replies
    assert (reply.address, reply.remote, reply.recipient) == ("192.0.2.25", "", "bob@receiver.example")
    (other,) = explain_text("{LED=450 4.4.316 Connection refused};{FQDN=mx.test};{IP=198.51.100.5}").replies
    assert other.address == ""


@pytest.mark.parametrize(
    ("line", "permanent", "cause"),
    [
        ('0000000000000000 mta delivery evpid=05977ec086ceea55 from=<ada@acme.example> to=<bob@recieverr.example> rcpt=<-> source="-" relay="recieverr.example" delay=0s result="PermFail" stat="Domain does not exist"', True, "host-not-found"),
        ('0000000000000000 mta delivery evpid=05977ec086ceea55 from=<ada@acme.example> to=<bob@receiver.example> rcpt=<-> source="192.0.2.25" relay="198.51.100.5 (mx.receiver.example)" delay=8s result="TempFail" stat="Network error on destination MXs"', False, "unreachable"),
        ("2026-11-28 06:40:44 H=app.acme.example [192.0.2.20] F=<ada@acme.example> temporarily rejected RCPT <bob@receiver.example>: Greylisted, please try again later", False, "greylisting"),
        ("2026-11-28 06:39:19 1xXC5f-00026D-09 == bob@receiver.example R=local T=local_delivery defer (-1): Tainted '/var/mail/bob' (file or directory name for local_delivery transport) not permitted", False, "server-fault"),
    ],
)  # fmt: skip
def test_opensmtpds_and_exims_logs_say_whether_it_is_over(line: str, permanent: bool, cause: str) -> None:
    (reply,) = explain_text(line).replies
    assert (reply.permanent, reply.causes[0].id) == (permanent, cause)


def test_each_recipient_of_a_log_has_its_row() -> None:
    line = "Nov 25 12:00:00 mx postfix/smtp[1]: 4ABC: {}host mx.test[198.51.100.5] said: 550 5.1.1 User unknown\n"
    to = ["to=<bob@receiver.example>, status=bounced ", "to=<carol@receiver.example>, status=bounced "]
    found = explain_text("".join(line.format(each) for each in ("", *to, *to)))
    assert [reply.recipient for reply in found.replies] == ["bob@receiver.example", "carol@receiver.example"]


def test_a_quoted_reply_and_a_transcript_end_where_they_end() -> None:
    (quoted,) = notified(
        "> <bob@receiver.example>: said: 552 5.2.2\n>     Mailbox full (in reply to RCPT TO command)"
    )
    assert quoted.text == "552 5.2.2 Mailbox full (in reply to RCPT TO command)"
    (mdaemon,) = notified(
        "Failed address: bob@receiver.example\n Wed 2026-11-25 12:00:00: <-- 550 5.1.1 Recipient unknown\n"
        " Wed 2026-11-25 12:00:00: --> QUIT"
    )
    assert mdaemon.text == "550 5.1.1 Recipient unknown"


@pytest.mark.parametrize(
    "session",
    [
        "~> AUTH PLAIN AHVzZXIAczNjcmV0\n<~* 535 5.7.8 failed",
        "Out: 334 UGFzc3dvcmQ6\n In:  AHVzZXIAczNjcmV0\n Out: 535 5.7.8 failed",
        "334 UGFzc3dvcmQ6\nAHVzZXIAczNjcmV0\n535 5.7.8 failed",
        "C: AUTH PLAIN\nS: 334\nC: AHVzZXIAczNjcmV0\nS: 535 5.7.8 failed",
        ">>> AUTH PLAIN  AHVzZXIAczNjcmV0\n<<< 535 5.7.8 failed",
    ],
)
def test_credentials_in_a_session_are_not_shown(session: str) -> None:
    for found in (
        explain_text(session),
        explain_file(NOTICE.format("<>", "MAILER-DAEMON@a.example", "x", session).encode()),
    ):
        assert "535" in str(found)
        assert "AHVzZXIAczNjcmV0" not in str(found)


def _sixty() -> bytes:
    recipients = "".join(
        f"\nFinal-Recipient: rfc822; user{n}@a.example\nAction: failed\nStatus: 5.1.1\n" for n in range(60)
    )
    return (
        "Return-Path: <>\nFrom: MAILER-DAEMON@mx.acme.example\nTo: ada@acme.example\nSubject: Undelivered\n"
        "Content-Type: message/delivery-status\n\nReporting-MTA: dns; mx.acme.example\n" + recipients
    ).encode()


def test_more_recipients_than_are_shown_are_mentioned() -> None:
    found = explain_file(_sixty())
    assert (len(found.replies), found.more) == (50, True)
    assert "Only the first 50 are shown: the text has more." in render_explanation(found, {})
    few = explain_file(_sixty().partition(b"\nFinal-Recipient: rfc822; user50@")[0])
    assert (len(few.replies), few.more) == (50, False)
    assert "Only the first" not in render_explanation(few, {})


def test_more_lines_of_a_log_than_are_shown_are_mentioned() -> None:
    lines = [
        f"Nov 25 12:00:00 mx postfix/smtp[1]: A{n}: to=<user{n}@a.example>, dsn=5.1.1, status=bounced (host mx.a.example"
        f"[198.51.100.5] said: 550 5.1.1 <user{n}@a.example>: user unknown)"
        for n in range(60)
    ]
    assert explain_text("\n".join(lines)).more
    assert not explain_text("\n".join(lines[:50])).more


def test_the_recipients_of_an_exception_of_python() -> None:
    text = "SMTPRecipientsRefused: {'bob@a.example': (550, b'5.1.1 User unknown'), 'carol@b.example': (452, b'4.2.2 Mailbox full')}"
    assert [(each.recipient, each.code, each.causes[0].id) for each in explain_text(text).replies] == [
        ("bob@a.example", 550, "unknown-user"),
        ("carol@b.example", 452, "mailbox-full"),
    ]


def test_the_log_of_qmail() -> None:
    (reply,) = explain_text(
        "delivery 12: failure: 198.51.100.5_does_not_like_recipient./Remote_host_said:_550_5.1.1_<bob@a.example>:_User_unknown/"
    ).replies
    assert (reply.recipient, reply.code, reply.causes[0].id) == ("bob@a.example", 550, "unknown-user")
    line = "@4000000065614b0a2a3b4c5d delivery 1: deferral: Remote_host_said:_4{}_try_later/"
    assert [reply.code for reply in explain_text(f"{line.format(21)}\n{line.format(50)}").replies] == [
        421,
        450,
    ]
