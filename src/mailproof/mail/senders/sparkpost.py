"""SparkPost (Bird): https://developers.sparkpost.com/api/transmissions/."""

from __future__ import annotations

from typing import Any

from mailproof.mail.http_exchange import Response
from mailproof.mail.senders import api
from mailproof.mail.template import author_of


class SparkPost(api.Api):
    """Accepts the raw message, except that it evaluates ``{{ }}``."""

    kind = "sparkpost"
    name = "SparkPost"
    rewrites = ("Message-ID", "Return-Path", "encodings")
    envelope = "domain"
    no_dry_run = "its sandbox option sends, from a domain of SparkPost's own, five times in all"
    bases = (("us", "https://api.sparkpost.com"), ("eu", "https://api.eu.sparkpost.com"))
    id_at = (("results", "id"),)
    code_at = (("errors", 0, "code"),)

    def request(self, mail: api.Mail) -> api.Request:
        """See Api. Our envelope sender is only given if it differs from From."""
        mail_from, recipients = api.envelope(mail)
        contents: dict[str, Any] = {
            "options": {"transactional": True},
            "recipients": [{"address": {"email": each}} for each in recipients],
            "content": {"email_rfc822": api.as_text(mail.raw, self.name)},
        }
        if not self.settings.tracking:
            contents["options"] |= {"open_tracking": False, "click_tracking": False}
        if mail_from and mail_from.lower() != author_of(mail.raw).lower():
            contents["return_path"] = mail_from
        headers = (("Authorization", self.key),)
        return api.json_request(f"{self.base}/api/v1/transmissions", headers, contents)

    def answer(self, reply: Response, mail: api.Mail) -> api.Answer:
        found = super().answer(reply, mail)
        if found.accepted and api.at(api.json_of(reply), "results", "total_accepted_recipients") == 0:
            return api.Answer(False, words="no recipient was accepted")
        return found

    def words(self, data: Any) -> str:
        said = (api.text_at(data, "errors", 0, name) for name in ("message", "description"))
        return ": ".join(filter(None, said))
