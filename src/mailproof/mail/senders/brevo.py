"""Brevo: https://developers.brevo.com/reference/sendtransacemail."""

from __future__ import annotations

from html import escape
from typing import Any

from mailproof.mail.http_exchange import Response
from mailproof.mail.senders.api import (
    REBUILT,
    Answer,
    Api,
    Mail,
    Request,
    json_of,
    json_request,
    plain,
    refusal,
    text_at,
)
from mailproof.mail.senders.fields import Person


class Brevo(Api):
    """Takes fields, and no message without HTML. Whether links are tracked is a setting of the account."""

    kind = "brevo"
    name = "Brevo"
    rewrites = (*REBUILT, "html")
    bases = (("", "https://api.brevo.com"),)

    def request(self, mail: Mail) -> Request:
        """See Api. The header field X-Sib-Sandbox is taken out by Brevo, which then sends nothing."""
        fields = mail.fields(self.name)
        names = {each.address.lower(): each.name for each in (*fields.to, *fields.cc)}
        contents: dict[str, Any] = {
            "sender": _person(fields.sender),
            "to": [_person(Person(each, names.get(each.lower(), ""))) for each in mail.recipients],
            "subject": fields.subject,
            "htmlContent": fields.html or f"<html><body><pre>{escape(fields.text)}</pre></body></html>",
        }
        if fields.text:
            contents["textContent"] = fields.text
        if fields.reply_to:
            contents["replyTo"] = _person(fields.reply_to[0])
        headers = {**dict(fields.headers), **({"X-Sib-Sandbox": "drop"} if mail.dry_run else {})}
        if headers:
            contents["headers"] = headers
        if fields.attachments:
            contents["attachment"] = [
                {"content": each.encoded, "name": each.name} for each in fields.attachments
            ]
        headers_of = (("accept", "application/json"), ("api-key", self.key))
        return json_request(f"{self.base}/v3/smtp/email", headers_of, contents)

    def answer(self, reply: Response, mail: Mail) -> Answer:
        """See Api. The reply to a message that was dropped looks like any other."""
        if reply.status in (200, 201, 202):
            named = text_at(json_of(reply), "messageId").strip("<>")
            dropped = mail.dry_run or b"\nx-sib-sandbox:" in mail.raw.split(b"\r\n\r\n", 1)[0].lower()
            return Answer(True, named, words=plain(reply), simulated=dropped)
        return refusal(reply, lambda data: text_at(data, "code"), lambda data: text_at(data, "message"))


def _person(person: Person) -> dict[str, str]:
    return {"email": person.address, **({"name": person.name} if person.name else {})}
