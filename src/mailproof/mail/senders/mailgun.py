"""Mailgun: https://documentation.mailgun.com/docs/mailgun/api-reference/send/mailgun/messages."""

from __future__ import annotations

import secrets

from mailproof.dns.text import to_ascii
from mailproof.mail.http_exchange import Response
from mailproof.mail.senders.api import (
    Answer,
    Api,
    Mail,
    Request,
    Unreadable,
    basic,
    envelope,
    json_of,
    plain,
    refusal,
    segment,
    text_at,
)
from mailproof.mail.template import author_of


class Mailgun(Api):
    """Takes the message as it is, as a file in a form."""

    kind = "mailgun"
    name = "Mailgun"
    rewrites = ("Return-Path",)
    bases = (("us", "https://api.mailgun.net"), ("eu", "https://api.eu.mailgun.net"))

    def request(self, mail: Mail) -> Request:
        """See Api."""
        _, recipients = envelope(mail)
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
        fields = (("Content-Type", f"multipart/form-data; boundary={boundary}"), basic("api", self.key))
        return Request(f"{self.base}/v3/{segment(domain)}/messages.mime", fields, b"".join(parts))

    def answer(self, reply: Response, mail: Mail) -> Answer:
        """See Api. A wrong path gets 200 and "Mailgun Magnificent API"."""
        if reply.status != 200:
            return refusal(reply, lambda data: "", lambda data: text_at(data, "message"))
        try:
            data = json_of(reply)
        except Unreadable:
            return Answer(False, words=plain(reply))
        found = text_at(data, "id").strip("<>")
        words = text_at(data, "message")
        if not found and "queued" not in words.lower():
            return Answer(False, words=words or plain(reply))
        return Answer(True, found, words=words, simulated=mail.dry_run)
