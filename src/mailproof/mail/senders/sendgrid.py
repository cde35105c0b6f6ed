"""SendGrid: https://www.twilio.com/docs/sendgrid/api-reference/mail-send/mail-send."""

from __future__ import annotations

from typing import Any

from mailproof.mail.http_exchange import Response
from mailproof.mail.senders import api


class SendGrid(api.Api):
    """Accepts fields; returns the message's id in a header field of its reply."""

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
        """See Api. 200 instead of 202 indicates sandbox mode."""
        return reply.status == 200
