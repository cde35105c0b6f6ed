"""SendGrid: https://www.twilio.com/docs/sendgrid/api-reference/mail-send/mail-send."""

from __future__ import annotations

from typing import Any

from mailproof.mail.http_exchange import Response
from mailproof.mail.senders.api import (
    REBUILT,
    Answer,
    Api,
    Mail,
    Request,
    bearer,
    json_request,
    plain,
    refusal,
    text_at,
)
from mailproof.mail.senders.fields import Fields, Person
from mailproof.printable import clean


class SendGrid(Api):
    """Takes fields; names the message in a header field of its reply."""

    kind = "sendgrid"
    name = "SendGrid"
    rewrites = REBUILT
    bases = (("us", "https://api.sendgrid.com"), ("eu", "https://api.eu.sendgrid.com"))

    def request(self, mail: Mail) -> Request:
        """See Api."""
        fields = mail.fields(self.name)
        contents: dict[str, Any] = {
            "personalizations": [_recipients(mail, fields)],
            "from": _person(fields.sender),
            "subject": fields.subject,
            "content": [
                {"type": kind, "value": value}
                for kind, value in (("text/plain", fields.text), ("text/html", fields.html))
                if value
            ],
            "mail_settings": {"sandbox_mode": {"enable": mail.dry_run}},
        }
        if fields.reply_to:
            contents["reply_to"] = _person(fields.reply_to[0])
        headers = {**dict(fields.headers), **({"Message-ID": fields.message_id} if fields.message_id else {})}
        if headers:
            contents["headers"] = headers
        if fields.attachments:
            contents["attachments"] = [
                {"content": each.encoded, "type": each.media_type, "filename": each.name}
                | ({"disposition": "inline", "content_id": each.cid} if each.cid else {})
                for each in fields.attachments
            ]
        if not self.settings.tracking:
            contents["tracking_settings"] = {
                "click_tracking": {"enable": False, "enable_text": False},
                "open_tracking": {"enable": False},
                "subscription_tracking": {"enable": False},
            }
        return json_request(f"{self.base}/v3/mail/send", (bearer(self.key),), contents)

    def answer(self, reply: Response, mail: Mail) -> Answer:
        """See Api. 200 instead of 202 says that the sandbox mode was on."""
        if reply.status in (200, 202):
            named = clean(reply.field("x-message-id"), 200)
            return Answer(True, named, words=plain(reply), simulated=reply.status == 200)
        return refusal(
            reply,
            lambda data: text_at(data, "errors", 0, "field"),
            lambda data: text_at(data, "errors", 0, "message"),
        )


def _recipients(mail: Mail, fields: Fields) -> dict[str, list[dict[str, str]]]:
    """The envelope decides: the API has no other."""
    names = {each.address.lower(): each.name for each in (*fields.to, *fields.cc)}
    return {"to": [_person(Person(each, names.get(each.lower(), ""))) for each in mail.recipients]}


def _person(person: Person) -> dict[str, str]:
    return {"email": person.address, **({"name": person.name} if person.name else {})}
