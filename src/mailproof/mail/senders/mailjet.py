"""Mailjet, Send API 3.1: https://dev.mailjet.com/email/guides/send-api-v31/."""

from __future__ import annotations

from typing import Any

from mailproof.mail.senders import api

#: The keys of an address object.
_KEYS = ("Email", "Name")


class Mailjet(api.Api):
    """Accepts fields; the API key is a pair."""

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
