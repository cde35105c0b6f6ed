"""Postmark: https://postmarkapp.com/developer/api/email-api."""

from __future__ import annotations

from typing import Any

from mailproof.mail.http_exchange import Response
from mailproof.mail.senders import api


class Postmark(api.Api):
    """Accepts fields."""

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
        """See Api. X-PM-KeepID preserves our Message-ID."""
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
