"""Resend: https://resend.com/docs/api-reference/emails/send-email."""

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
    json_of,
    json_request,
    plain,
    refusal,
    text_at,
)

#: Resend's own address that takes everything: key and sender are checked as for any recipient.
TEST_ADDRESS = "delivered@resend.dev"


class Resend(Api):
    """Takes fields. Whether links are tracked is a setting of the domain at Resend."""

    kind = "resend"
    name = "Resend"
    rewrites = REBUILT
    bases = (("", "https://api.resend.com"),)

    def request(self, mail: Mail) -> Request:
        """See Api."""
        fields = mail.fields(self.name)
        contents: dict[str, Any] = {
            "from": fields.sender.shown,
            "to": [TEST_ADDRESS] if mail.dry_run else list(mail.recipients),
            "subject": fields.subject,
        }
        contents |= {name: text for name, text in (("text", fields.text), ("html", fields.html)) if text}
        if fields.reply_to:
            contents["reply_to"] = [each.shown for each in fields.reply_to]
        headers = {**dict(fields.headers), **({"Message-ID": fields.message_id} if fields.message_id else {})}
        if headers:
            contents["headers"] = headers
        if fields.attachments:
            contents["attachments"] = [
                {"content": each.encoded, "filename": each.name, "content_type": each.media_type}
                | ({"content_id": each.cid} if each.cid else {})
                for each in fields.attachments
            ]
        again = (("Idempotency-Key", fields.message_id.strip("<>")[:256]),) if fields.message_id else ()
        return json_request(f"{self.base}/emails", (bearer(self.key), *again), contents)

    def answer(self, reply: Response, mail: Mail) -> Answer:
        """See Api."""
        if reply.status in (200, 201):
            return Answer(True, text_at(json_of(reply), "id"), words=plain(reply), simulated=mail.dry_run)
        return refusal(reply, lambda data: text_at(data, "name"), lambda data: text_at(data, "message"))
