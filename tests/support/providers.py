"""Requests and responses of each provider according to its documentation: tables for the senders' tests."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from typing import Any

from mailproof.config import Credential, SubmitSettings
from mailproof.model import SenderKind
from mailproof.structs import replace
from tests.support.api_server import Asked, Reply

KEY = "SG.key-canary_5f2a9c71d0"
TOKEN = "mp-0123456789abcdef0123"
MESSAGE = (
    b"Date: Thu, 26 Nov 2026 12:00:00 +0000\r\n"
    b'From: "Ada Lovelace" <ada@acme.example>\r\n'
    b"To: <bob@receiver.example>\r\n"
    b"Reply-To: replies@acme.example\r\n"
    b"Subject: Hello [mp-0123456789abcdef0123]\r\n"
    b"Message-ID: <mp-0123456789abcdef0123.1@acme.example>\r\n"
    b"List-Unsubscribe: <https://acme.example/u?1>\r\n"
    b"MIME-Version: 1.0\r\n"
    b'Content-Type: multipart/mixed; boundary="m"\r\n\r\n'
    b'--m\r\nContent-Type: multipart/alternative; boundary="a"\r\n\r\n'
    b"--a\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nplain mp-0123456789abcdef0123\r\n"
    b"--a\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<p>mp-0123456789abcdef0123</p>\r\n--a--\r\n"
    b'--m\r\nContent-Type: text/csv\r\nContent-Disposition: attachment; filename="a.csv"\r\n'
    b"Content-Transfer-Encoding: base64\r\n\r\nMSwyCg==\r\n--m--\r\n"
)
RAW = base64.b64encode(MESSAGE).decode()
FROM, TO = "ada@acme.example", "bob@receiver.example"


@dataclass(frozen=True)
class Error:
    """A documented error: the reply, and its expected interpretation."""

    reply: Reply
    cause: str
    code: str = ""
    words: str = ""


@dataclass(frozen=True)
class Case:
    """A provider. ``fields`` and ``json`` are the exact request; if ``json`` is None, see ``body``."""

    kind: SenderKind
    target: str
    fields: dict[str, str]
    good: Reply
    provider_id: str
    errors: tuple[Error, ...]
    json: Any = None
    body: tuple[bytes, ...] = ()
    dry_json: dict[str, Any] = field(default_factory=dict)
    dry_reply: Reply | None = None
    more: dict[str, Any] = field(default_factory=dict)

    def settings(self, url: str) -> SubmitSettings:
        """The settings for this provider with a test server's URL."""
        base = SubmitSettings(
            kind=self.kind, url=url, key=Credential.of(KEY), timeout=3.0, retry_for=0.0, retry_interval=0.05
        )
        return replace(base, **self.more)

    def check(self, asked: Asked) -> None:
        """Raise AssertionError if the request is not as documented by the provider."""
        assert (asked.method, asked.target) == ("POST", self.target)
        for name, value in self.fields.items():
            assert asked.fields[name] == value, name
        for part in self.body:
            assert part in asked.body
        if self.json is not None:
            assert asked.json == self.json


def _aws(status: int, name: str, message: str) -> Reply:
    return Reply(status, {"message": message}, {"x-amzn-ErrorType": f"{name}:http://internal.amazon.com/"})


def _ses() -> Case:
    return Case(
        "ses",
        "/v2/email/outbound-emails",
        {"content-type": "application/json"},
        Reply(200, {"MessageId": "0102018f7a1b2c3d-aabbccdd-000000"}),
        "0102018f7a1b2c3d-aabbccdd-000000",
        (
            Error(
                _aws(
                    400,
                    "MessageRejected",
                    "Email address is not verified. The following identities failed the check in region "
                    "EU-WEST-1: ada@acme.example",
                ),
                "sender",
                "MessageRejected",
            ),
            Error(_aws(400, "MessageRejected", f"Email address is not verified: {TO}"), "sandbox"),
            Error(_aws(400, "MailFromDomainNotVerifiedException", "not verified"), "sender"),
            Error(_aws(429, "TooManyRequestsException", "Maximum sending rate exceeded."), "quota"),
            Error(_aws(400, "LimitExceededException", "Daily message quota exceeded."), "quota"),
            Error(_aws(400, "AccountSuspendedException", "suspended"), "account"),
            Error(_aws(400, "SendingPausedException", "paused"), "account"),
            Error(
                _aws(403, "SignatureDoesNotMatch", "The request signature we calculated does not match"),
                "key",
            ),
            Error(_aws(403, "UnrecognizedClientException", "The security token is invalid."), "key"),
            Error(_aws(403, "AccessDeniedException", "not authorized to perform `ses:SendEmail'"), "key"),
            Error(
                _aws(403, "SignatureDoesNotMatch", "Credential should be scoped to a valid region."), "region"
            ),
            Error(_aws(400, "BadRequestException", "Invalid MIME"), "content"),
            Error(
                Reply(
                    400,
                    {"Message": "Email address is not verified."},
                    {"x-amzn-ErrorType": "MessageRejected"},
                ),
                "sender",
            ),
            Error(Reply(503, b"<html>busy</html>"), "server"),
        ),
        json={
            "Destination": {"ToAddresses": [TO]},
            "Content": {"Raw": {"Data": RAW}},
            "FromEmailAddress": FROM,
        },
        dry_json={"Destination": {"ToAddresses": ["success@simulator.amazonses.com"]}},
        more={"region": "eu-west-1", "key_id": "AKIAEXAMPLE"},
    )


def _mailgun() -> Case:
    pair = base64.b64encode(f"api:{KEY}".encode()).decode()
    return Case(
        "mailgun",
        "/v3/acme.example/messages.mime",
        {"authorization": f"Basic {pair}"},
        Reply(200, {"id": "<2026.abc@acme.example>", "message": "Queued. Thank you."}),
        "2026.abc@acme.example",
        (
            Error(Reply(401, b"Forbidden"), "key", words="Forbidden"),
            Error(Reply(404, {"message": "Domain not found: acme.example"}), "region"),
            Error(Reply(200, b"Mailgun Magnificent API"), "region", words="Mailgun Magnificent API"),
            Error(
                Reply(
                    403,
                    {
                        "message": "Free accounts are for test purposes only. Please upgrade or add the "
                        "address to your authorized recipients in Account Settings."
                    },
                ),
                "sandbox",
            ),
            Error(
                Reply(400, {"message": "'to' parameter is not a valid address. please check documentation"}),
                "recipient",
            ),
            Error(
                Reply(403, {"message": "Domain acme.example is not allowed to send: domain is unverified"}),
                "sender",
            ),
            Error(Reply(403, {"message": "Your account is temporarily disabled."}), "account"),
            Error(Reply(429, {"message": "Too many requests"}), "quota"),
            Error(Reply(500, {"message": "oops"}), "server"),
        ),
        body=(
            b'name="to"\r\n\r\nbob@receiver.example\r\n',
            b'name="o:tracking"\r\n\r\nno\r\n',
            b'name="message"; filename="message.eml"\r\nContent-Type: message/rfc822\r\n\r\n'
            + MESSAGE
            + b"\r\n--",
        ),
    )


def _sendgrid() -> Case:
    def error(status: int, message: str, name: str = "") -> Reply:
        return Reply(status, {"errors": [{"message": message, "field": name or None, "help": None}]})

    return Case(
        "sendgrid",
        "/v3/mail/send",
        {"authorization": f"Bearer {KEY}", "content-type": "application/json"},
        Reply(202, b"", {"X-Message-Id": "14c5d75ce93dqQ"}),
        "14c5d75ce93dqQ",
        (
            Error(error(401, "The provided authorization grant is invalid, expired, or revoked"), "key"),
            Error(error(403, "access forbidden"), "key"),
            Error(
                error(
                    403,
                    "The from address does not match a verified Sender Identity. Mail cannot be sent",
                    "from",
                ),
                "sender",
                "from",
            ),
            Error(error(401, "Maximum credits exceeded"), "quota"),
            Error(
                error(401, "authentication failed: regional attribute is not valid for this region"), "region"
            ),
            Error(error(429, "too many requests"), "quota"),
            Error(error(413, "payload too large"), "content"),
            Error(error(500, "internal"), "server"),
        ),
        json={
            "personalizations": [{"to": [{"email": TO}]}],
            "from": {"email": FROM, "name": "Ada Lovelace"},
            "subject": "Hello [mp-0123456789abcdef0123]",
            "content": [
                {"type": "text/plain", "value": "plain mp-0123456789abcdef0123"},
                {"type": "text/html", "value": "<p>mp-0123456789abcdef0123</p>"},
            ],
            "mail_settings": {"sandbox_mode": {"enable": False}},
            "reply_to": {"email": "replies@acme.example"},
            "headers": {
                "List-Unsubscribe": "<https://acme.example/u?1>",
                "Message-ID": "<mp-0123456789abcdef0123.1@acme.example>",
            },
            "attachments": [{"content": "MSwyCg==", "type": "text/csv", "filename": "a.csv"}],
            "tracking_settings": {
                "click_tracking": {"enable": False, "enable_text": False},
                "open_tracking": {"enable": False},
                "subscription_tracking": {"enable": False},
            },
        },
        dry_json={"mail_settings": {"sandbox_mode": {"enable": True}}},
        dry_reply=Reply(200, b""),
    )


def _postmark() -> Case:
    def error(status: int, code: int, message: str) -> Reply:
        return Reply(status, {"ErrorCode": code, "Message": message})

    return Case(
        "postmark",
        "/email",
        {"x-postmark-server-token": KEY, "accept": "application/json"},
        Reply(
            200,
            {"ErrorCode": 0, "Message": "OK", "MessageID": "b7bc2f4a-e38e-4336-af7d-e6c392c2f817", "To": TO},
        ),
        "b7bc2f4a-e38e-4336-af7d-e6c392c2f817",
        (
            Error(error(401, 10, "Bad or missing Server API token."), "key", "10"),
            Error(error(422, 400, "The 'From' address you supplied is not a Sender Signature."), "sender"),
            Error(
                error(422, 406, "You tried to send to a recipient that has been marked as inactive."),
                "suppressed",
            ),
            Error(
                error(
                    422, 412, "While your account is pending approval, all recipients must share the domain."
                ),
                "sandbox",
            ),
            Error(error(422, 405, "Not allowed to send: out of credits."), "quota"),
            Error(error(422, 300, "Error parsing 'To': Illegal email address 'x'."), "recipient"),
            Error(error(200, 406, "inactive"), "suppressed", "406"),
            Error(error(200, 777, "something new"), "", "777"),
            Error(Reply(500, b""), "server"),
        ),
        json={
            "From": '"Ada Lovelace" <ada@acme.example>',
            "To": TO,
            "Subject": "Hello [mp-0123456789abcdef0123]",
            "Headers": [
                {"Name": "List-Unsubscribe", "Value": "<https://acme.example/u?1>"},
                {"Name": "Message-ID", "Value": "<mp-0123456789abcdef0123.1@acme.example>"},
                {"Name": "X-PM-KeepID", "Value": "true"},
            ],
            "TextBody": "plain mp-0123456789abcdef0123",
            "HtmlBody": "<p>mp-0123456789abcdef0123</p>",
            "ReplyTo": "replies@acme.example",
            "Attachments": [{"Name": "a.csv", "Content": "MSwyCg==", "ContentType": "text/csv"}],
            "TrackOpens": False,
            "TrackLinks": "None",
        },
    )


CASES = (_ses(), _mailgun(), _sendgrid(), _postmark())
