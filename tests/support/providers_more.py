"""The remaining providers; see ``providers``."""

from __future__ import annotations

import base64
from typing import Any

from mailproof.config import Credential
from tests.support.api_server import Reply
from tests.support.providers import FROM, KEY, MESSAGE, RAW, TO, Case, Error

TEXT = "plain mp-0123456789abcdef0123"
HTML = "<p>mp-0123456789abcdef0123</p>"
SUBJECT = "Hello [mp-0123456789abcdef0123]"
MESSAGE_ID = "<mp-0123456789abcdef0123.1@acme.example>"
UNSUBSCRIBE = {"List-Unsubscribe": "<https://acme.example/u?1>"}
JSON = {"content-type": "application/json"}


def _resend() -> Case:
    def error(status: int, name: str, message: str) -> Reply:
        return Reply(status, {"statusCode": status, "name": name, "message": message})

    testing = "You can only send testing emails to your own email address (ada@acme.example)."
    return Case(
        "resend",
        "/emails",
        {**JSON, "authorization": f"Bearer {KEY}", "idempotency-key": MESSAGE_ID.strip("<>")},
        Reply(200, {"id": "49a3999c-0ce1-4ea6-ab68-afcd6dc2e794"}),
        "49a3999c-0ce1-4ea6-ab68-afcd6dc2e794",
        (
            Error(error(401, "missing_api_key", "Missing API key"), "key", "missing_api_key"),
            Error(error(400, "validation_error", "API key is invalid"), "key"),
            Error(error(403, "validation_error", "The acme.example domain is not verified."), "sender"),
            Error(error(403, "validation_error", testing), "sandbox"),
            Error(error(422, "missing_required_field", "Missing `to` field."), "content"),
            Error(error(429, "daily_quota_exceeded", "You have reached your daily quota."), "quota"),
            Error(error(500, "internal_server_error", "unexpected"), "server"),
            Error(error(200, "something_new", "unexpected"), "", "something_new", "unexpected"),
            Error(Reply(504, b"<html>"), "server"),
        ),
        json={
            "from": '"Ada Lovelace" <ada@acme.example>',
            "to": [TO],
            "subject": SUBJECT,
            "text": TEXT,
            "html": HTML,
            "reply_to": ["replies@acme.example"],
            "headers": {**UNSUBSCRIBE, "Message-ID": MESSAGE_ID},
            "attachments": [{"content": "MSwyCg==", "filename": "a.csv", "content_type": "text/csv"}],
        },
        dry_json={"to": ["delivered@resend.dev"]},
    )


def _brevo() -> Case:
    def error(status: int, code: str, message: str) -> Reply:
        return Reply(status, {"code": code, "message": message})

    return Case(
        "brevo",
        "/v3/smtp/email",
        {**JSON, "api-key": KEY},
        Reply(201, {"messageId": "<202611261200.1@smtp-relay.mailin.fr>"}),
        "202611261200.1@smtp-relay.mailin.fr",
        (
            Error(error(401, "unauthorized", "Key not found"), "key"),
            Error(
                error(401, "unauthorized", "We have detected you are using an unrecognised IP address"), "key"
            ),
            Error(error(402, "not_enough_credits", "no credits"), "quota"),
            Error(
                error(
                    400,
                    "invalid_parameter",
                    "Sending has been rejected because the sender you used is not valid",
                ),
                "sender",
            ),
            Error(error(400, "invalid_parameter", "email is not valid in to"), "recipient"),
            Error(error(400, "missing_parameter", "subject is missing"), "content"),
            Error(error(403, "permission_denied", "Your SMTP account is not yet activated."), "account"),
            Error(Reply(500, b""), "server"),
        ),
        json={
            "sender": {"email": FROM, "name": "Ada Lovelace"},
            "to": [{"email": TO}],
            "subject": SUBJECT,
            "htmlContent": HTML,
            "textContent": TEXT,
            "replyTo": {"email": "replies@acme.example"},
            "headers": UNSUBSCRIBE,
            "attachment": [{"content": "MSwyCg==", "name": "a.csv"}],
        },
        dry_json={"headers": {**UNSUBSCRIBE, "X-Sib-Sandbox": "drop"}},
    )


def _mailjet() -> Case:
    pair = base64.b64encode(f"public-key:{KEY}".encode()).decode()

    def refused(code: str, message: str, status: int = 400) -> dict[str, Any]:
        error = {"ErrorIdentifier": "f9", "ErrorCode": code, "StatusCode": status, "ErrorMessage": message}
        return {"Messages": [{"Status": "error", "Errors": [error]}]}

    whole = {
        "ErrorIdentifier": "06",
        "StatusCode": 401,
        "ErrorMessage": "API key authentication/authorization failure.",
    }
    unauthorized = '"ada@acme.example" is not an authorized sender email address for your account.'
    message = {
        "From": {"Email": FROM, "Name": "Ada Lovelace"},
        "To": [{"Email": TO}],
        "Subject": SUBJECT,
        "TextPart": TEXT,
        "HTMLPart": HTML,
        "ReplyTo": {"Email": "replies@acme.example"},
        "Headers": UNSUBSCRIBE,
        "Attachments": [{"ContentType": "text/csv", "Filename": "a.csv", "Base64Content": "MSwyCg=="}],
        "TrackOpens": "disabled",
        "TrackClicks": "disabled",
    }
    sent = {"Email": TO, "MessageUUID": "cb927469-36fd", "MessageID": 1152921504606846976}
    return Case(
        "mailjet",
        "/v3.1/send",
        {**JSON, "authorization": f"Basic {pair}"},
        Reply(200, {"Messages": [{"Status": "success", "To": [sent]}]}),
        "1152921504606846976",
        (
            Error(Reply(401, whole), "key"),
            Error(Reply(400, refused("send-0008", unauthorized)), "sender", "send-0008"),
            Error(Reply(400, refused("mj-0013", '"x" is an invalid email address.')), "recipient"),
            Error(
                Reply(400, refused("send-0003", "At least one of TextPart, HTMLPart or TemplateID.")),
                "content",
            ),
            Error(Reply(200, refused("send-0008", unauthorized)), "sender", "send-0008"),
            Error(
                Reply(403, {"StatusCode": 403, "ErrorMessage": "Your account has been temporarily blocked."}),
                "account",
            ),
            Error(Reply(429, b""), "quota"),
            Error(Reply(500, b""), "server"),
        ),
        json={"Messages": [message]},
        dry_json={"SandboxMode": True},
        more={"key_id": "public-key"},
    )


def _sparkpost() -> Case:
    def error(status: int, code: str, message: str, description: str = "") -> Reply:
        return Reply(status, {"errors": [{"message": message, "description": description, "code": code}]})

    return Case(
        "sparkpost",
        "/api/v1/transmissions",
        {**JSON, "authorization": KEY},
        Reply(
            200, {"results": {"total_rejected_recipients": 0, "total_accepted_recipients": 1, "id": "1171"}}
        ),
        "1171",
        (
            Error(error(401, "", "Unauthorized."), "key"),
            Error(error(403, "", "Forbidden."), "key"),
            Error(
                error(400, "7001", "Invalid domain", "Unconfigured Sending Domain <acme.example>"),
                "sender",
                "7001",
            ),
            Error(error(420, "2102", "Exceed Sending Limit (hourly)"), "quota"),
            Error(
                error(422, "1300", "syntax error", "substitution language syntax error in template content"),
                "content",
            ),
            Error(
                Reply(
                    200,
                    {"results": {"total_accepted_recipients": 0, "total_rejected_recipients": 1, "id": "2"}},
                ),
                "recipient",
            ),
            Error(Reply(503, b"busy"), "server"),
        ),
        json={
            "options": {"transactional": True, "open_tracking": False, "click_tracking": False},
            "recipients": [{"address": {"email": TO}}],
            "content": {"email_rfc822": MESSAGE.decode()},
        },
    )


def _cloudflare() -> Case:
    def error(status: int, code: int, message: str) -> Reply:
        errors = [{"code": code, "message": message}]
        return Reply(status, {"success": False, "errors": errors, "messages": [], "result": None})

    def result(**lists: list[str]) -> dict[str, Any]:
        return {"success": True, "errors": [], "messages": [], "result": lists}

    return Case(
        "cloudflare",
        "/accounts/abc123/email/sending/send_raw",
        {**JSON, "authorization": f"Bearer {KEY}"},
        Reply(200, result(delivered=[TO], queued=[], permanent_bounces=[])),
        "",
        (
            Error(error(403, 10000, "Authentication error"), "key", "10000"),
            Error(error(200, 10000, "Authentication error"), "key", "10000"),
            Error(error(404, 7003, "Could not route to /accounts/x"), "region"),
            Error(error(400, 10203, "email.sending.error: sender domain is not onboarded"), "sender"),
            Error(error(400, 10204, "not a verified destination address"), "sandbox"),
            Error(Reply(200, result(delivered=[], queued=[], permanent_bounces=[TO])), "suppressed"),
            Error(error(429, 10429, "rate limit"), "quota"),
            Error(error(200, 99999, "something new"), "", "99999"),
            Error(Reply(502, b"<html>"), "server"),
        ),
        json={"from": FROM, "recipients": [TO], "mime_message": MESSAGE.decode()},
        more={"account": "abc123"},
    )


def _postal() -> Case:
    def error(code: str, message: str) -> Reply:
        return Reply(
            200, {"status": "error", "time": 0.1, "flags": {}, "data": {"code": code, "message": message}}
        )

    data = {"message_id": "7e1d@rp.postal.example", "messages": {TO: {"id": 1, "token": "abc"}}}
    return Case(
        "postal",
        "/api/v1/send/raw",
        {**JSON, "x-server-api-key": KEY},
        Reply(200, {"status": "success", "time": 0.1, "flags": {}, "data": data}),
        "7e1d@rp.postal.example",
        (
            Error(error("InvalidServerAPIKey", "The API token provided was not valid."), "key"),
            Error(error("UnauthenticatedFromAddress", "The From address is not authorised"), "sender"),
            Error(error("ServerSuspended", "The mail server has been suspended"), "account"),
            Error(
                Reply(200, {"status": "parameter-error", "data": {"message": "`data` is required"}}),
                "content",
            ),
            Error(error("Unheard", "of"), "", "Unheard"),
            Error(Reply(500, b"oops"), "server"),
        ),
        json={"mail_from": FROM, "rcpt_to": [TO], "data": RAW},
    )


def _graph() -> Case:
    def error(status: int, code: str, message: str) -> Reply:
        return Reply(status, {"error": {"code": code, "message": message, "innerError": {"request-id": "1"}}})

    return Case(
        "graph",
        "/v1.0/users/ada@acme.example/sendMail",
        {"content-type": "text/plain", "authorization": f"Bearer {KEY}"},
        Reply(202, b""),
        "",
        (
            Error(error(401, "InvalidAuthenticationToken", "Lifetime validation failed"), "key"),
            Error(error(403, "ErrorAccessDenied", "Access is denied."), "key"),
            Error(error(403, "ErrorSendAsDenied", "not allowed to send as"), "sender"),
            Error(error(404, "ErrorInvalidUser", "The requested user is invalid"), "sender"),
            Error(error(429, "ApplicationThrottled", "over its MailboxConcurrency limit"), "quota"),
            Error(error(400, "ErrorMimeContentInvalid", "Invalid MIME"), "content"),
            Error(error(503, "ServiceUnavailable", ""), "server"),
        ),
        body=(RAW.encode(),),
        more={"key": None, "token": Credential.of(KEY)},
    )


def _gmail() -> Case:
    def error(status: int, reason: str, message: str) -> Reply:
        errors = [{"domain": "global", "reason": reason, "message": message}]
        return Reply(status, {"error": {"code": status, "message": message, "errors": errors}})

    return Case(
        "gmail",
        "/upload/gmail/v1/users/ada@acme.example/messages/send?uploadType=media",
        {"content-type": "message/rfc822", "authorization": f"Bearer {KEY}"},
        Reply(200, {"id": "18c0ffee18c0ffee", "threadId": "18c0ffee18c0ffee", "labelIds": ["SENT"]}),
        "18c0ffee18c0ffee",
        (
            Error(error(401, "authError", "Invalid Credentials"), "key"),
            Error(error(403, "insufficientPermissions", "insufficient authentication scopes"), "key"),
            Error(error(403, "accessNotConfigured", "Gmail API has not been used in project 1"), "account"),
            Error(error(403, "userRateLimitExceeded", "User-rate limit exceeded."), "quota"),
            Error(error(400, "failedPrecondition", "Mail service not enabled"), "sender"),
            Error(error(400, "invalidArgument", "Recipient address required"), "content"),
            Error(error(500, "backendError", "Backend Error"), "server"),
        ),
        body=(MESSAGE,),
        more={"key": None, "token": Credential.of(KEY)},
    )


MORE = (_resend(), _brevo(), _mailjet(), _sparkpost(), _cloudflare(), _postal(), _graph(), _gmail())
