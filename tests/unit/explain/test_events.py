# ruff: noqa: E501 (one event a line reads best)
"""Pasted events of sending services: each recipient with its result."""

from __future__ import annotations

import json
from typing import Any

import pytest

from mailproof.explain import explain_text

_MAIL = {
    "source": "ada@acme.example",
    "sourceIp": "192.0.2.25",
    "destination": ["bob@receiver.example", "carol@two.example", "dan@fine.example"],
    "headers": [{"name": "Subject", "value": "550 5.7.26 is what Gmail says"}],
}
_BOB = {
    "emailAddress": "bob@receiver.example",
    "action": "failed",
    "status": "5.1.1",
    "diagnosticCode": "smtp; 550 5.1.1 user unknown",
}
_CAROL = {
    "emailAddress": "carol@two.example",
    "status": "5.2.2",
    "diagnosticCode": "smtp; 552 5.2.2 mailbox full",
}
_SES: dict[str, Any] = {
    "notificationType": "Bounce",
    "bounce": {"bounceType": "Permanent", "bounceSubType": "General", "bouncedRecipients": [_BOB, _CAROL]},
    "mail": _MAIL,
}
_BOTH = [
    ("bob@receiver.example", 550, "5.1.1", "unknown-user"),
    ("carol@two.example", 552, "5.2.2", "mailbox-full"),
]
_SENDGRID = [
    {
        "email": "bob@receiver.example",
        "event": "bounce",
        "status": "5.1.1",
        "reason": "550 5.1.1 user unknown",
    },
    {"email": "carol@two.example", "event": "deferred", "response": "451 4.7.1 Greylisted, try again"},
    {"email": "dan@fine.example", "event": "delivered", "response": "250 OK"},
    {"email": "eve@fine.example", "event": "processed"},
]
_GRID = [
    ("bob@receiver.example", 550, "5.1.1", "unknown-user"),
    ("carol@two.example", 451, "4.7.1", "greylisting"),
    ("dan@fine.example", 250, "", ""),
]
_MAILGUN = {
    "event-data": {
        "event": "failed",
        "severity": "permanent",
        "reason": "generic",
        "recipient": "bob@gmail.com",
        "message": {"headers": {"to": "Bob <bob@gmail.com>, carol@two.example", "subject": "user unknown"}},
        "delivery-status": {
            "code": 550,
            "message": "5.7.26 Your email has been blocked because the sender is unauthenticated.",
        },
    }
}


def rows(text: str) -> list[tuple[str, int, str, str]]:
    return [
        (each.recipient, each.code, each.status, each.causes[0].id if each.causes else "")
        for each in explain_text(text).replies
    ]


@pytest.mark.parametrize(
    "text",
    [
        json.dumps(_SES),
        json.dumps(_SES, indent=2),
        json.dumps({"Type": "Notification", "Message": json.dumps(_SES), "Signature": "x"}),
        json.dumps({"Records": [{"Sns": {"Message": json.dumps(_SES)}}]}),
        f"2026-11-25 12:00:00 INFO webhook: {json.dumps(_SES)}",
        repr(_SES),
        json.dumps(_SES)[:-60],
        json.dumps({"event": "bounce", "email": "bob@receiver.example", "reason": "550 5.1.1 user unknown"})
        + "\n"
        + json.dumps({"event": "bounce", "email": "carol@two.example", "reason": "552 5.2.2 mailbox full"}),
        "[{event: 'bounce', email: 'bob@receiver.example', reason: '550 5.1.1 user unknown', },"
        " {event: 'bounce', email: 'carol@two.example', reason: '552 5.2.2 mailbox full'}]",
    ],
    ids=["ses", "indented", "sns", "lambda", "log", "python", "cut off", "lines", "script"],
)
def test_each_recipient_has_its_own_reply(text: str) -> None:
    assert rows(text) == _BOTH


def test_what_is_beside_another_recipient_is_not_said_of_this_one() -> None:
    bounce = {
        **_SES["bounce"],
        "bouncedRecipients": [_BOB, {"emailAddress": "carol@two.example", "status": "5.2.2"}],
    }
    _, carol = explain_text(json.dumps({**_SES, "bounce": bounce})).replies
    assert (carol.recipient, carol.status, carol.causes[0].id) == (
        "carol@two.example",
        "5.2.2",
        "mailbox-full",
    )
    assert "unknown" not in carol.text


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        (_SENDGRID, _GRID),
        (_MAILGUN, [("bob@gmail.com", 550, "5.7.26", "gmail-unauthenticated")]),
        (
            {"event": "blocked", "email": "bob@receiver.example", "reason": "blocked : due to blacklist user"},
            [("bob@receiver.example", 0, "", "service-suppressed")],
        ),
        (
            {"notificationType": "Complaint", "complaint": {"complainedRecipients": [{"emailAddress": "bob@a.example"}],
             "complaintFeedbackType": "abuse"}, "mail": _MAIL},
            [("bob@a.example", 0, "", "complaint")],
        ),
        (
            {"queue_name": "deferred", "sender": "ada@acme.example", "recipients": [
                {"address": "bob@a.example", "delay_reason": "connect to mx.a.example[198.51.100.5]:25: Connection refused"}]},
            [("bob@a.example", 0, "", "connect-refused")],
        ),
        (
            {"value": [{"SenderAddress": "ada@acme.example", "RecipientAddress": "bob@a.example", "Status": "Failed",
                        "Detail": "Reason: [{LED=550 5.1.1 user unknown};{MSG=};{FQDN=mx.a.example}]"}]},
            [("bob@a.example", 550, "5.1.1", "unknown-user")],
        ),
        (
            [{"eventType": "Microsoft.Communication.EmailDeliveryReportReceived", "data": {"recipient": "bob@a.example",
             "status": "Bounced", "deliveryStatusDetails": {"statusMessage": "550 5.1.1 User unknown"}}}],
            [("bob@a.example", 550, "5.1.1", "unknown-user")],
        ),
        (
            {"event_name": ["hardbounce"], "event_message": [{"event_data": [{"details": [
                {"bounced_recipient": "bob@a.example", "diagnostic_message": "smtp; 550 5.1.1 User unknown"}]}],
             "email_info": {"to": [{"email_address": {"address": "bob@a.example"}}]}}]},
            [("bob@a.example", 550, "5.1.1", "unknown-user")],
        ),
        (
            {"event": "bounce", "email": "bob@a.example", "reason": "550 5.1.1 &lt;bob@a.example&gt; &quot;User unknown&quot;"},
            [("bob@a.example", 550, "5.1.1", "unknown-user")],
        ),
        (
            {"event-data": {"event": "complained", "recipient": "bob@a.example"}},
            [("bob@a.example", 0, "", "complaint")],
        ),
        (
            {"eventType": "Reject", "mail": {"destination": ["bob@a.example"]}, "reject": {"reason": "Bad content"}},
            [("bob@a.example", 0, "", "virus")],
        ),
        (
            {"type": "email.bounced", "data": {"to": ["bob@a.example"], "bounce": {"message": "Mailbox full"}}},
            [("bob@a.example", 0, "", "mailbox-full")],
        ),
    ],
    ids=["sendgrid", "mailgun", "brevo", "complaint", "postqueue", "message trace", "azure", "zepto", "escaped",
         "complained", "rejected", "resend"],
)  # fmt: skip
def test_each_service(event: object, expected: list[tuple[str, int, str, str]]) -> None:
    assert rows(json.dumps(event)) == expected


def test_a_deferral_is_temporary_and_a_delivery_neither() -> None:
    assert [each.permanent for each in explain_text(json.dumps(_SENDGRID)).replies] == [True, False, None]


@pytest.mark.parametrize(
    ("event", "permanent"),
    [
        ({"RecordType": "Bounce", "Type": "SoftBounce", "Details": "smtp;452 4.2.2 Over quota"}, False),
        ({"RecordType": "SpamComplaint", "Type": "SpamComplaint", "Details": "spam complaint"}, None),
    ],
)
def test_a_soft_bounce_and_a_complaint_are_no_failures(
    event: dict[str, str], *, permanent: bool | None
) -> None:
    (reply,) = explain_text(json.dumps({**event, "Email": "bob@a.example"})).replies
    assert reply.permanent is permanent


def test_the_answer_of_an_api_is_no_event() -> None:
    (reply,) = explain_text(
        '{"ErrorCode": 406, "Message": "Found inactive addresses: bob@a.example."}'
    ).replies
    assert reply.causes[0].id == "api-postmark-suppressed"


def test_marks_of_a_page_do_not_end_a_string() -> None:
    event = {
        "event": "bounce",
        "email": "bob@a.example",
        "reason": "550 &lt;bob&gt; &quot;User unknown&quot;",
    }
    assert explain_text(json.dumps(event)).replies[0].text == "550 <bob> 'User unknown'"


def test_escapes_are_read_and_cleaned() -> None:
    (reply,) = explain_text(
        '{"event":"bounce","email":"bob@a.example","reason":"550 5.1.1 \\u001b[31mno \\ud83d \\"user\\" unknown\\n"}'
    ).replies
    assert reply.text == '550 5.1.1 [31mno  "user" unknown'


@pytest.mark.parametrize(
    "text", ['{"a":' * 50_000, '{"' + "\\" * 100_000, "{x" + " " * 100_000, '{"event":"bounce"}']
)
def test_hostile_and_empty_events_are_nothing_known(text: str) -> None:
    assert not explain_text(text).known
