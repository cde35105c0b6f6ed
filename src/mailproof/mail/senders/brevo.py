"""Brevo: https://developers.brevo.com/reference/sendtransacemail."""

from __future__ import annotations

from html import escape
from typing import Any

from mailproof.mail.http_exchange import Response
from mailproof.mail.senders import api


class Brevo(api.Api):
    """Accepts fields, and requires HTML. Whether links are tracked is a setting of the account."""

    kind = "brevo"
    name = "Brevo"
    rewrites = (*api.REBUILT, "html")
    bases = (("", "https://api.brevo.com"),)
    taken = (200, 201, 202)
    id_at = (("messageId",),)
    code_at = (("code",),)
    words_at = (("message",),)

    def request(self, mail: api.Mail) -> api.Request:
        """See Api. Brevo removes the header field X-Sib-Sandbox, and then sends nothing."""
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
        """See Api. The reply to a dropped message looks like any other."""
        return mail.dry_run or b"\nx-sib-sandbox:" in mail.raw.split(b"\r\n\r\n", 1)[0].lower()
