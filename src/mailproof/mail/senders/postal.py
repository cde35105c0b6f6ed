"""Postal, on a server of one's own: https://docs.postalserver.io/developer/api."""

from __future__ import annotations

from mailproof.mail.http_exchange import Response
from mailproof.mail.senders.api import (
    Answer,
    Api,
    Mail,
    Request,
    Unreadable,
    envelope,
    json_of,
    json_request,
    plain,
    refusal,
    text_at,
)


class Postal(Api):
    """Takes the message and its envelope as they are."""

    kind = "postal"
    name = "Postal"
    rewrites = ("Return-Path",)
    envelope = "ours"
    no_dry_run = "its API has no way to check without sending"
    bases = (("", ""),)

    def request(self, mail: Mail) -> Request:
        """See Api."""
        mail_from, recipients = envelope(mail)
        contents = {"mail_from": mail_from, "rcpt_to": list(recipients), "data": mail.encoded}
        return json_request(f"{self.base}/api/v1/send/raw", (("X-Server-API-Key", self.key),), contents)

    def answer(self, reply: Response, mail: Mail) -> Answer:
        """See Api. HTTP says 200 for errors too."""
        if reply.status != 200:
            return refusal(
                reply,
                lambda data: text_at(data, "data", "code"),
                lambda data: text_at(data, "data", "message"),
            )
        data = json_of(reply)
        status = text_at(data, "status")
        if not status:
            raise Unreadable("the reply has no status")
        if status != "success":
            words = text_at(data, "data", "message") or plain(reply)
            return Answer(False, code=text_at(data, "data", "code") or status, words=words)
        return Answer(True, text_at(data, "data", "message_id"))
