"""Postal, self-hosted: https://docs.postalserver.io/developer/api."""

from __future__ import annotations

from mailproof.mail.senders import api


class Postal(api.Api):
    """Accepts the raw message and its envelope."""

    kind = "postal"
    name = "Postal"
    rewrites = ("Return-Path",)
    envelope = "ours"
    no_dry_run = api.SENDS_ONLY
    bases = (("", ""),)
    id_at = (("data", "message_id"),)
    said_at = ("status",)
    said = "success"
    code_at = (("data", "code"), ("status",))
    words_at = (("data", "message"),)

    def request(self, mail: api.Mail) -> api.Request:
        mail_from, recipients = api.envelope(mail)
        contents = {"mail_from": mail_from, "rcpt_to": list(recipients), "data": mail.encoded}
        return api.json_request(f"{self.base}/api/v1/send/raw", (("X-Server-API-Key", self.key),), contents)
