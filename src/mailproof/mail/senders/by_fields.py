"""Providers that take a message's fields, and build it anew. Each class names where its API is documented."""

from __future__ import annotations

from html import escape
from typing import Any

from mailproof.mail.http_exchange import Response
from mailproof.mail.senders import api

#: Resend's own address that takes everything: key and sender are checked as for any recipient.
TEST_ADDRESS = "delivered@resend.dev"
#: The keys of an address at Mailjet.
_KEYS = ("Email", "Name")


class SendGrid(api.Api):
    """https://www.twilio.com/docs/sendgrid/api-reference/mail-send/mail-send."""

    kind = "sendgrid"
    name = "SendGrid"
    rewrites = api.REBUILT
    bases = (("us", "https://api.sendgrid.com"), ("eu", "https://api.eu.sendgrid.com"))
    taken = (200, 202)
    id_field = "x-message-id"
    code_at = (("errors", 0, "field"),)
    words_at = (("errors", 0, "message"),)

    def request(self, mail: api.Mail) -> api.Request:
        fields = mail.fields(self.name)
        contents: dict[str, Any] = {
            "personalizations": [{"to": [each.as_json() for each in mail.people(fields)]}],
            "from": fields.sender.as_json(),
            "subject": fields.subject,
            "content": [
                {"type": kind, "value": value}
                for kind, value in (("text/plain", fields.text), ("text/html", fields.html))
                if value
            ],
            "mail_settings": {"sandbox_mode": {"enable": mail.dry_run}},
        }
        contents |= api.filled(
            reply_to=fields.reply_to[0].as_json() if fields.reply_to else None,
            headers=fields.headers_with_id,
            attachments=[
                {"content": each.encoded, "type": each.media_type, "filename": each.name}
                | ({"disposition": "inline", "content_id": each.cid} if each.cid else {})
                for each in fields.attachments
            ],
        )
        if not self.settings.tracking:
            contents["tracking_settings"] = {
                "click_tracking": {"enable": False, "enable_text": False},
                "open_tracking": {"enable": False},
                "subscription_tracking": {"enable": False},
            }
        return api.json_request(f"{self.base}/v3/mail/send", (api.bearer(self.key),), contents)

    def simulated(self, reply: Response, mail: api.Mail) -> bool:
        """See Api. 200 instead of 202 says that the sandbox mode was on."""
        return reply.status == 200


class Postmark(api.Api):
    """https://postmarkapp.com/developer/api/email-api. An error is in the text too where HTTP says 200."""

    kind = "postmark"
    name = "Postmark"
    rewrites = api.REBUILT
    no_dry_run = "its test token checks the message alone, and neither your key nor your sender"
    bases = (("", "https://api.postmarkapp.com"),)
    id_at = (("MessageID",),)
    said_at = ("ErrorCode",)
    said = 0
    code_at = (("ErrorCode",),)
    words_at = (("Message",),)

    def request(self, mail: api.Mail) -> api.Request:
        """See Api. With X-PM-KeepID our Message-ID stays."""
        fields = mail.fields(self.name)
        headers = [{"Name": name, "Value": value} for name, value in fields.headers]
        if fields.message_id:
            kept = (("Message-ID", fields.message_id), ("X-PM-KeepID", "true"))
            headers += [{"Name": name, "Value": value} for name, value in kept]
        contents: dict[str, Any] = {
            "From": fields.sender.shown,
            "To": ", ".join(mail.recipients),
            "Subject": fields.subject,
            "Headers": headers,
        }
        contents |= api.filled(
            TextBody=fields.text,
            HtmlBody=fields.html,
            ReplyTo=", ".join(each.shown for each in fields.reply_to),
            Attachments=[
                {"Name": each.name, "Content": each.encoded, "ContentType": each.media_type}
                | ({"ContentID": f"cid:{each.cid}"} if each.cid else {})
                for each in fields.attachments
            ],
        )
        if not self.settings.tracking:
            contents |= {"TrackOpens": False, "TrackLinks": "None"}
        headers_of = (("Accept", "application/json"), ("X-Postmark-Server-Token", self.key))
        return api.json_request(f"{self.base}/email", headers_of, contents)

    def simulated(self, reply: Response, mail: api.Mail) -> bool:
        return "test job" in self.words(api.json_of(reply)).lower()


class Resend(api.Api):
    """https://resend.com/docs/api-reference/emails/send-email. Whether links are tracked is set there."""

    kind = "resend"
    name = "Resend"
    rewrites = api.REBUILT
    bases = (("", "https://api.resend.com"),)
    taken = (200, 201)
    id_at = (("id",),)
    code_at = (("name",),)
    words_at = (("message",),)

    def request(self, mail: api.Mail) -> api.Request:
        fields = mail.fields(self.name)
        contents: dict[str, Any] = {
            "from": fields.sender.shown,
            "to": [TEST_ADDRESS] if mail.dry_run else list(mail.recipients),
            "subject": fields.subject,
        }
        contents |= api.filled(
            text=fields.text,
            html=fields.html,
            reply_to=[each.shown for each in fields.reply_to],
            headers=fields.headers_with_id,
            attachments=[
                {"content": each.encoded, "filename": each.name, "content_type": each.media_type}
                | ({"content_id": each.cid} if each.cid else {})
                for each in fields.attachments
            ],
        )
        again = (("Idempotency-Key", fields.message_id.strip("<>")[:256]),) if fields.message_id else ()
        return api.json_request(f"{self.base}/emails", (api.bearer(self.key), *again), contents)


class Brevo(api.Api):
    """https://developers.brevo.com/reference/sendtransacemail. Takes no message without HTML.

    Whether links are tracked is a setting of the account.
    """

    kind = "brevo"
    name = "Brevo"
    rewrites = (*api.REBUILT, "html")
    bases = (("", "https://api.brevo.com"),)
    taken = (200, 201, 202)
    id_at = (("messageId",),)
    code_at = (("code",),)
    words_at = (("message",),)

    def request(self, mail: api.Mail) -> api.Request:
        """See Api. The header field X-Sib-Sandbox is taken out by Brevo, which then sends nothing."""
        fields = mail.fields(self.name)
        contents: dict[str, Any] = {
            "sender": fields.sender.as_json(),
            "to": [each.as_json() for each in mail.people(fields)],
            "subject": fields.subject,
            "htmlContent": fields.html or f"<html><body><pre>{escape(fields.text)}</pre></body></html>",
        }
        contents |= api.filled(
            textContent=fields.text,
            replyTo=fields.reply_to[0].as_json() if fields.reply_to else None,
            headers=dict(fields.headers) | ({"X-Sib-Sandbox": "drop"} if mail.dry_run else {}),
            attachment=[{"content": each.encoded, "name": each.name} for each in fields.attachments],
        )
        headers_of = (("accept", "application/json"), ("api-key", self.key))
        return api.json_request(f"{self.base}/v3/smtp/email", headers_of, contents)

    def simulated(self, reply: Response, mail: api.Mail) -> bool:
        """See Api. The reply to a message that was dropped looks like any other."""
        return mail.dry_run or b"\nx-sib-sandbox:" in mail.raw.split(b"\r\n\r\n", 1)[0].lower()


class Mailjet(api.Api):
    """Send API 3.1: https://dev.mailjet.com/email/guides/send-api-v31/. The key is a pair.

    Each message has a status of its own, whatever HTTP's is.
    """

    kind = "mailjet"
    name = "Mailjet"
    rewrites = api.REBUILT
    bases = (("eu", "https://api.mailjet.com"), ("us", "https://api.us.mailjet.com"))
    id_at = tuple(("Messages", 0, "To", 0, name) for name in ("MessageID", "MessageUUID"))
    said_at = ("Messages", 0, "Status")
    said = "success"
    code_at = (("Messages", 0, "Errors", 0, "ErrorCode"), ("ErrorCode",))
    words_at = (("Messages", 0, "Errors", 0, "ErrorMessage"), ("ErrorMessage",))

    def request(self, mail: api.Mail) -> api.Request:
        fields = mail.fields(self.name)
        contents: dict[str, Any] = {
            "From": fields.sender.as_json(*_KEYS),
            "To": [each.as_json(*_KEYS) for each in mail.people(fields)],
            "Subject": fields.subject,
        }
        contents |= api.filled(
            TextPart=fields.text,
            HTMLPart=fields.html,
            ReplyTo=fields.reply_to[0].as_json(*_KEYS) if fields.reply_to else None,
            Headers=dict(fields.headers),
            Attachments=[
                {"ContentType": each.media_type, "Filename": each.name, "Base64Content": each.encoded}
                for each in fields.attachments
            ],
        )
        if not self.settings.tracking:
            contents |= {"TrackOpens": "disabled", "TrackClicks": "disabled"}
        whole: dict[str, Any] = {"Messages": [contents]}
        if mail.dry_run:
            whole["SandboxMode"] = True
        authorization = api.basic(self.settings.key_id, self.key)
        return api.json_request(f"{self.base}/v3.1/send", (authorization,), whole)
