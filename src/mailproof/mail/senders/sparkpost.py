"""SparkPost (Bird): https://developers.sparkpost.com/api/transmissions/."""

from __future__ import annotations

from typing import Any

from mailproof.mail.http_exchange import Response
from mailproof.mail.senders.api import (
    Answer,
    Api,
    Mail,
    Request,
    as_text,
    envelope,
    json_of,
    json_request,
    refusal,
    text_at,
)
from mailproof.mail.template import author_of


class SparkPost(Api):
    """Takes the message as it is, but for ``{{ }}``, which it evaluates."""

    kind = "sparkpost"
    name = "SparkPost"
    rewrites = ("Message-ID", "Return-Path", "encodings")
    envelope = "domain"
    no_dry_run = "its sandbox option sends, from a domain of SparkPost's own, five times in all"
    bases = (("us", "https://api.sparkpost.com"), ("eu", "https://api.eu.sparkpost.com"))

    def request(self, mail: Mail) -> Request:
        """See Api. Our envelope sender is named where it is another one than From."""
        mail_from, recipients = envelope(mail)
        contents: dict[str, Any] = {
            "options": {"transactional": True},
            "recipients": [{"address": {"email": each}} for each in recipients],
            "content": {"email_rfc822": as_text(mail.raw, self.name)},
        }
        if not self.settings.tracking:
            contents["options"] |= {"open_tracking": False, "click_tracking": False}
        if mail_from and mail_from.lower() != author_of(mail.raw).lower():
            contents["return_path"] = mail_from
        headers = (("Authorization", self.key),)
        return json_request(f"{self.base}/api/v1/transmissions", headers, contents)

    def answer(self, reply: Response, mail: Mail) -> Answer:
        """See Api."""
        if reply.status == 200:
            data = json_of(reply)
            if text_at(data, "results", "total_accepted_recipients") == "0":
                return Answer(False, words="no recipient was accepted")
            return Answer(True, text_at(data, "results", "id"))
        return refusal(
            reply,
            lambda data: text_at(data, "errors", 0, "code"),
            lambda data: ": ".join(
                filter(None, (text_at(data, "errors", 0, name) for name in ("message", "description")))
            ),
        )
