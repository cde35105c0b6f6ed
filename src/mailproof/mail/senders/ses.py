"""Amazon SES, API version 2: https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_SendEmail.html."""

from __future__ import annotations

from typing import Any

import msgspec

from mailproof.credentials import revealed
from mailproof.mail.http_exchange import Response
from mailproof.mail.senders import api
from mailproof.mail.senders.sigv4 import Signer
from mailproof.structs import replace

#: Accepts everything and delivers nothing: key, region and sender are checked as for any recipient.
SIMULATOR = "success@simulator.amazonses.com"


class Ses(api.Api):
    """Accepts the raw message."""

    kind = "ses"
    name = "Amazon SES"
    rewrites = ("Message-ID", "Date", "Return-Path")
    envelope = "ours"
    bases = (("", ""),)
    id_at = (("MessageId",),)
    words_at = (("message",), ("Message",))

    @property
    def base(self) -> str:
        return self.settings.url.rstrip("/") or f"https://email.{self.settings.region}.amazonaws.com"

    def request(self, mail: api.Mail) -> api.Request:
        mail_from, recipients = api.envelope(mail)
        contents: dict[str, object] = {
            "Destination": {"ToAddresses": [SIMULATOR] if mail.dry_run else list(recipients)},
            "Content": {"Raw": {"Data": mail.encoded}},
            **api.filled(FromEmailAddress=mail_from),
        }
        body = msgspec.json.encode(contents)
        url = f"{self.base}/v2/email/outbound-emails"
        session = revealed(self.keys.token)
        signer = Signer(self.settings.key_id, self.key, session, self.settings.region, "ses")
        fields = (("Content-Type", "application/json"), *signer.fields(url, body, mail.now))
        return api.Request(url, fields, body)

    def refusal(self, reply: Response) -> api.Answer:
        """See Api. The error's name is in a header field: ``MessageRejected:http://…``."""
        found = super().refusal(reply)
        return replace(found, code=reply.field("x-amzn-errortype").partition(":")[0] or found.code)

    def code(self, data: Any) -> str:
        return api.text_at(data, "__type").rpartition("#")[2]
