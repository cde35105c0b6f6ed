"""Pasted errors of providers' APIs: examples from the providers' own documentation."""

from __future__ import annotations

import pytest

from mailproof.explain import explain_text

SENDGRID = "The from address does not match a verified Sender Identity."


@pytest.mark.parametrize(
    ("text", "speaker", "code", "rule", "certain"),
    [
        (
            '{"statusCode":401,"message":"Missing API Key","name":"missing_api_key"}',
            *("Resend", 401, "API001", False),
        ),
        (
            f'POST api.sendgrid.com HTTP/1.1 403 {{"errors":[{{"message":"{SENDGRID}","field":"from"}}]}}',
            *("SendGrid", 403, "API003", True),
        ),
        (
            '{"ErrorCode":10,"Message":"No Account or Server API tokens were supplied"}',
            *("Postmark", 0, "API001", True),
        ),
        ('HTTP 401 {"message":"Unauthorized"}', "HTTP API", 401, "API001", False),
        ('mailgun said: HTTP 429 {"message":"not now"}', "Mailgun", 429, "API005", None),
        ("HTTP 500 from mailgun", "Mailgun", 500, "API010", None),
    ],
)
def test_what_a_provider_says(text: str, speaker: str, code: int, rule: str, certain: bool | None) -> None:
    found = explain_text(text)
    [reply] = found.replies
    assert (found.kind, reply.speaker, reply.code, reply.permanent) == ("api", speaker, code, None)
    assert reply.causes[0].checks == (rule,)
    assert certain is None or reply.causes[0].certain is certain


def test_a_code_that_several_use_is_certain_of_none() -> None:
    [reply] = explain_text('{"code":"invalid_parameter","message":"x"}').replies
    assert {cause.who for cause in reply.causes} == {"Resend", "Brevo"}
    assert not any(cause.certain for cause in reply.causes)


@pytest.mark.parametrize(
    "text",
    [
        '{"a":1}',
        "{" * 5000 + "}" * 5000,
        '{"code":' + "[" * 3000 + "]" * 3000 + "}",
        'HTTP 429 {"a":',
        "HTTP 401",
        '{"code":"' + "x" * 30_000 + '"}',
        '{"code":true,"name":null,"status":1e400}',
    ],
)
def test_what_is_no_error_of_a_provider(text: str) -> None:
    assert not explain_text(text).known


def test_a_reply_of_smtp_is_not_taken_for_one() -> None:
    found = explain_text('{"log":"status=bounced (host mx said: 550 5.1.1 User unknown)","status":200}')
    assert found.kind != "api"
    assert found.replies[0].status == "5.1.1"
