"""Postal, on a server of one's own: https://docs.postalserver.io/developer/api."""

from __future__ import annotations

from mailproof.mail.http_exchange import Response
from mailproof.mail.senders import api


class Postal(api.Api):
    """Takes the message and its envelope as they are."""

    kind = "postal"
    name = "Postal"
    rewrites = ("Return-Path",)
    envelope = "ours"
    no_dry_run = api.SENDS_ONLY
    bases = (("", ""),)
    code_at = (("data", "code"),)
    words_at = (("data", "message"),)

    def request(self, mail: api.Mail) -> api.Request:
        mail_from, recipients = api.envelope(mail)
        contents = {"mail_from": mail_from, "rcpt_to": list(recipients), "data": mail.encoded}
        return api.json_request(f"{self.base}/api/v1/send/raw", (("X-Server-API-Key", self.key),), contents)

    def answer(self, reply: Response, mail: api.Mail) -> api.Answer:
        """See Api. HTTP says 200 for errors too."""
        if reply.status != 200:
            return self.refusal(reply)
        data = api.json_of(reply)
        status = api.text_at(data, "status")
        if not status:
            raise api.Unreadable("the reply has no status")
        if status != "success":
            words = self.words(data) or api.plain(reply)
            return api.Answer(False, code=self.code(data) or status, words=words)
        return api.Answer(True, api.text_at(data, "data", "message_id"))
