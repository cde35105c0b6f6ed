"""Cloudflare Email Sending: https://developers.cloudflare.com/email-service/."""

from __future__ import annotations

from mailproof.mail.http_exchange import Response
from mailproof.mail.senders.api import (
    Answer,
    Api,
    Mail,
    Request,
    Unreadable,
    as_text,
    at,
    bearer,
    envelope,
    json_of,
    json_request,
    plain,
    refusal,
    segment,
    text_at,
)


class Cloudflare(Api):
    """Takes the message as it is; names no message."""

    kind = "cloudflare"
    name = "Cloudflare"
    rewrites = ("Return-Path",)
    envelope = "ours"
    gives_id = False
    no_dry_run = "its API has no way to check without sending"
    bases = (("", "https://api.cloudflare.com/client/v4"),)

    def request(self, mail: Mail) -> Request:
        """See Api."""
        mail_from, recipients = envelope(mail)
        url = f"{self.base}/accounts/{segment(self.settings.account)}/email/sending/send_raw"
        contents = {
            "from": mail_from,
            "recipients": list(recipients),
            "mime_message": as_text(mail.raw, self.name),
        }
        return json_request(url, (bearer(self.key),), contents)

    def answer(self, reply: Response, mail: Mail) -> Answer:
        """See Api. ``success`` decides, whatever HTTP's status is; a recipient may still be refused."""
        if reply.status != 200:
            return refusal(
                reply,
                lambda data: text_at(data, "errors", 0, "code"),
                lambda data: text_at(data, "errors", 0, "message"),
            )
        data = json_of(reply)
        if data.get("success") is not True:
            if data.get("success") is None:
                raise Unreadable("the reply has no success")
            code, words = (text_at(data, "errors", 0, name) for name in ("code", "message"))
            return Answer(False, code=code, words=words or plain(reply))
        if at(data, "result", "permanent_bounces", 0) is not None:
            return Answer(False, code="permanent_bounces", words="the recipient is in permanent_bounces")
        return Answer(True, words=plain(reply))
