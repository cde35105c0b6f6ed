"""Mailgun: https://documentation.mailgun.com/docs/mailgun/api-reference/send/mailgun/messages."""

from __future__ import annotations

import secrets

from mailproof.dns.text import to_ascii
from mailproof.mail.http_exchange import Response
from mailproof.mail.senders import api
from mailproof.mail.template import author_of


class Mailgun(api.Api):
    """Accepts the raw message, as a file in a form."""

    kind = "mailgun"
    name = "Mailgun"
    rewrites = ("Return-Path",)
    bases = (("us", "https://api.mailgun.net"), ("eu", "https://api.eu.mailgun.net"))
    words_at = (("message",),)

    def request(self, mail: api.Mail) -> api.Request:
        _, recipients = api.envelope(mail)
        domain = to_ascii(self.settings.domain or author_of(mail.raw).rpartition("@")[2])
        values = [("to", recipient) for recipient in recipients]
        if not self.settings.tracking:
            values += [("o:tracking", "no"), ("o:tracking-clicks", "no"), ("o:tracking-opens", "no")]
        if mail.dry_run:
            values.append(("o:testmode", "yes"))
        boundary = f"mailproof-{secrets.token_hex(16)}"
        parts = [
            f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
            for name, value in values
        ]
        parts += [
            f'--{boundary}\r\nContent-Disposition: form-data; name="message"; filename="message.eml"\r\n'
            "Content-Type: message/rfc822\r\n\r\n".encode(),
            mail.raw,
            f"\r\n--{boundary}--\r\n".encode(),
        ]
        fields = (("Content-Type", f"multipart/form-data; boundary={boundary}"), api.basic("api", self.key))
        return api.Request(f"{self.base}/v3/{api.segment(domain)}/messages.mime", fields, b"".join(parts))

    def answer(self, reply: Response, mail: api.Mail) -> api.Answer:
        """See Api. A wrong path returns 200 and "Mailgun Magnificent API"."""
        if reply.status != 200:
            return self.refusal(reply)
        try:
            data = api.json_of(reply)
        except api.Unreadable:
            return api.Answer(False, words=api.plain(reply))
        found = api.text_at(data, "id").strip("<>")
        words = api.text_at(data, "message")
        if not found and "queued" not in words.lower():
            return api.Answer(False, words=words or api.plain(reply))
        return api.Answer(True, found, words=words, simulated=mail.dry_run)
