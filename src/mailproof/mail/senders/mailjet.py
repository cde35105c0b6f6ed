"""Mailjet, Send API 3.1: https://dev.mailjet.com/email/guides/send-api-v31/."""

from __future__ import annotations

from typing import Any

from mailproof.mail.http_exchange import Response
from mailproof.mail.senders import api

#: The keys of an address.
_KEYS = ("Email", "Name")


class Mailjet(api.Api):
    """Takes fields; the key is a pair."""

    kind = "mailjet"
    name = "Mailjet"
    rewrites = api.REBUILT
    bases = (("eu", "https://api.mailjet.com"), ("us", "https://api.us.mailjet.com"))
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

    def answer(self, reply: Response, mail: api.Mail) -> api.Answer:
        """See Api. Each message has a status of its own, whatever HTTP's is."""
        if reply.status != 200:
            return self.refusal(reply)
        data = api.json_of(reply)
        status = api.text_at(data, "Messages", 0, "Status").lower()
        if status == "success":
            named = api.text_at(data, "Messages", 0, "To", 0, "MessageID")
            named = named if named.strip("0") else api.text_at(data, "Messages", 0, "To", 0, "MessageUUID")
            return api.Answer(True, named, words=status, simulated=mail.dry_run)
        if status == "error" or self.code(data):
            return api.Answer(False, code=self.code(data), words=self.words(data))
        raise api.Unreadable("the reply has no Status of the message")
