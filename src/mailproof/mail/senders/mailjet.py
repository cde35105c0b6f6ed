"""Mailjet, Send API 3.1: https://dev.mailjet.com/email/guides/send-api-v31/."""

from __future__ import annotations

from typing import Any

from mailproof.mail.http_exchange import Response
from mailproof.mail.senders.api import (
    REBUILT,
    Answer,
    Api,
    Mail,
    Request,
    Unreadable,
    at,
    basic,
    json_of,
    json_request,
    refusal,
    text_at,
)
from mailproof.mail.senders.fields import Person


class Mailjet(Api):
    """Takes fields; the key is a pair."""

    kind = "mailjet"
    name = "Mailjet"
    rewrites = REBUILT
    bases = (("eu", "https://api.mailjet.com"), ("us", "https://api.us.mailjet.com"))

    def request(self, mail: Mail) -> Request:
        """See Api."""
        fields = mail.fields(self.name)
        names = {each.address.lower(): each.name for each in (*fields.to, *fields.cc)}
        contents: dict[str, Any] = {
            "From": _person(fields.sender),
            "To": [_person(Person(each, names.get(each.lower(), ""))) for each in mail.recipients],
            "Subject": fields.subject,
        }
        parts = (("TextPart", fields.text), ("HTMLPart", fields.html))
        contents |= {name: text for name, text in parts if text}
        if fields.reply_to:
            contents["ReplyTo"] = _person(fields.reply_to[0])
        if fields.headers:
            contents["Headers"] = dict(fields.headers)
        if fields.attachments:
            contents["Attachments"] = [
                {"ContentType": each.media_type, "Filename": each.name, "Base64Content": each.encoded}
                for each in fields.attachments
            ]
        if not self.settings.tracking:
            contents |= {"TrackOpens": "disabled", "TrackClicks": "disabled"}
        whole: dict[str, Any] = {"Messages": [contents]}
        if mail.dry_run:
            whole["SandboxMode"] = True
        authorization = basic(self.settings.key_id, self.key)
        return json_request(f"{self.base}/v3.1/send", (authorization,), whole)

    def answer(self, reply: Response, mail: Mail) -> Answer:
        """See Api. Each message has a status of its own, whatever HTTP's is."""
        if reply.status != 200:
            return refusal(reply, _code, _words)
        data = json_of(reply)
        status = text_at(data, "Messages", 0, "Status").lower()
        if status == "success":
            named = text_at(data, "Messages", 0, "To", 0, "MessageID")
            named = named if named.strip("0") else text_at(data, "Messages", 0, "To", 0, "MessageUUID")
            return Answer(True, named, words=status, simulated=mail.dry_run)
        if status == "error" or _code(data):
            return Answer(False, code=_code(data), words=_words(data))
        raise Unreadable("the reply has no Status of the message")


def _error(data: Any) -> Any:
    """The error of the message, else of the whole."""
    return at(data, "Messages", 0, "Errors", 0) or data


def _code(data: Any) -> str:
    return text_at(_error(data), "ErrorCode")


def _words(data: Any) -> str:
    return text_at(_error(data), "ErrorMessage")


def _person(person: Person) -> dict[str, str]:
    return {"Email": person.address, **({"Name": person.name} if person.name else {})}
