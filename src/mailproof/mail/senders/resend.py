"""Resend: https://resend.com/docs/api-reference/emails/send-email."""

from __future__ import annotations

from typing import Any

from mailproof.mail.senders import api

#: Resend's test address, which accepts everything: key and sender are checked as for any recipient.
TEST_ADDRESS = "delivered@resend.dev"


class Resend(api.Api):
    """Accepts fields. Whether links are tracked is a setting of the domain at Resend."""

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
