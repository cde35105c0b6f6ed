"""Cloudflare Email Sending: https://developers.cloudflare.com/email-service/."""

from __future__ import annotations

from mailproof.mail.http_exchange import Response
from mailproof.mail.senders import api


class Cloudflare(api.Api):
    """Accepts the raw message; returns no message id."""

    kind = "cloudflare"
    name = "Cloudflare"
    rewrites = ("Return-Path",)
    envelope = "ours"
    gives_id = False
    no_dry_run = api.SENDS_ONLY
    bases = (("", "https://api.cloudflare.com/client/v4"),)
    said_at = ("success",)
    said = True
    code_at = (("errors", 0, "code"),)
    words_at = (("errors", 0, "message"),)

    def request(self, mail: api.Mail) -> api.Request:
        mail_from, recipients = api.envelope(mail)
        url = f"{self.base}/accounts/{api.segment(self.settings.account)}/email/sending/send_raw"
        message = api.as_text(mail.raw, self.name)
        contents = {"from": mail_from, "recipients": list(recipients), "mime_message": message}
        return api.json_request(url, (api.bearer(self.key),), contents)

    def answer(self, reply: Response, mail: api.Mail) -> api.Answer:
        """See Api. ``success`` decides, but a recipient may still be refused."""
        found = super().answer(reply, mail)
        if found.accepted and api.at(api.json_of(reply), "result", "permanent_bounces", 0) is not None:
            return api.Answer(False, code="permanent_bounces", words="the recipient is in permanent_bounces")
        return found
