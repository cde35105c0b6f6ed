"""Providers that take a message as it is. Each class names where its API is documented."""

from __future__ import annotations

import secrets
from typing import Any

import msgspec

from mailproof.dns.text import to_ascii
from mailproof.mail.http_exchange import Response
from mailproof.mail.senders import api, oauth
from mailproof.mail.senders.sigv4 import Signer
from mailproof.mail.template import author_of
from mailproof.structs import replace

#: Of Amazon SES: accepts everything and delivers nothing: key, region and sender are checked as for any
#: recipient.
SIMULATOR = "success@simulator.amazonses.com"
#: What a token for Gmail is asked for.
SCOPE = "https://www.googleapis.com/auth/gmail.send"


class Ses(api.Api):
    """Amazon SES, version 2: https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_SendEmail.html."""

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
        session = self.keys.token.reveal() if self.keys.token is not None else ""
        signer = Signer(self.settings.key_id, self.key, session, self.settings.region, "ses")
        fields = (("Content-Type", "application/json"), *signer.fields(url, body, mail.now))
        return api.Request(url, fields, body)

    def refusal(self, reply: Response) -> api.Answer:
        """See Api. The error's name is in a header field: ``MessageRejected:http://…``."""
        found = super().refusal(reply)
        return replace(found, code=reply.field("x-amzn-errortype").partition(":")[0] or found.code)

    def code(self, data: Any) -> str:
        return api.text_at(data, "__type").rpartition("#")[2]


class Mailgun(api.Api):
    """A file in a form: https://documentation.mailgun.com/docs/mailgun/api-reference/send/mailgun/messages."""

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
        """See Api. A wrong path gets 200 and "Mailgun Magnificent API"."""
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


class SparkPost(api.Api):
    """But for ``{{ }}``, which it evaluates: https://developers.sparkpost.com/api/transmissions/."""

    kind = "sparkpost"
    name = "SparkPost"
    rewrites = ("Message-ID", "Return-Path", "encodings")
    envelope = "domain"
    no_dry_run = "its sandbox option sends, from a domain of SparkPost's own, five times in all"
    bases = (("us", "https://api.sparkpost.com"), ("eu", "https://api.eu.sparkpost.com"))
    id_at = (("results", "id"),)
    code_at = (("errors", 0, "code"),)

    def request(self, mail: api.Mail) -> api.Request:
        """See Api. Our envelope sender is named where it is another one than From."""
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


class Cloudflare(api.Api):
    """Names no message: https://developers.cloudflare.com/email-service/."""

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
        """See Api. ``success`` decides, and a recipient may still be refused."""
        found = super().answer(reply, mail)
        if found.accepted and api.at(api.json_of(reply), "result", "permanent_bounces", 0) is not None:
            return api.Answer(False, code="permanent_bounces", words="the recipient is in permanent_bounces")
        return found


class Graph(api.Api):
    """https://learn.microsoft.com/graph/api/user-sendmail, (MIME). Exchange builds it anew, names none."""

    kind = "graph"
    name = "Microsoft Graph"
    rewrites = ("Message-ID", "Date", "Return-Path", "boundaries", "encodings", "headers", "html")
    gives_id = False
    no_dry_run = api.SENDS_ONLY
    bases = (("", "https://graph.microsoft.com"),)
    taken = (202,)
    code_at = (("error", "code"),)
    words_at = (("error", "message"),)

    def token_request(self, mail: api.Mail) -> api.Request | None:
        if self.keys.token is not None:
            return None
        return oauth.of_microsoft(self.settings, self.key, self.refresh_token)

    def request(self, mail: api.Mail) -> api.Request:
        """See Api. Exchange sends to the addresses in the header."""
        api.header_recipients(mail, self.name)
        user = self.settings.username or author_of(mail.raw)
        fields = (("Content-Type", "text/plain"), api.bearer(mail.token))
        url = f"{self.base}/v1.0/users/{api.segment(user)}/sendMail"
        return api.Request(url, fields, mail.encoded.encode())


class Gmail(api.Api):
    """https://developers.google.com/workspace/gmail/api/reference/rest/v1/users.messages/send.

    The id is Gmail's own, and in no header field.
    """

    kind = "gmail"
    name = "Gmail API"
    rewrites = ("Message-ID", "Return-Path")
    no_dry_run = api.SENDS_ONLY
    bases = (("", "https://gmail.googleapis.com"),)
    id_at = (("id",),)
    code_at = (("error", "errors", 0, "reason"), ("error", "status"))
    words_at = (("error", "message"), ("error",))

    def token_request(self, mail: api.Mail) -> api.Request | None:
        if self.keys.token is not None:
            return None
        return oauth.of_google(self.settings, self.key, self.refresh_token, SCOPE, self._user(mail), mail.now)

    def request(self, mail: api.Mail) -> api.Request:
        """See Api. Gmail sends to the addresses in the header."""
        api.header_recipients(mail, self.name)
        path = f"/upload/gmail/v1/users/{api.segment(self._user(mail))}/messages/send?uploadType=media"
        fields = (("Content-Type", "message/rfc822"), api.bearer(mail.token))
        return api.Request(f"{self.base}{path}", fields, mail.raw)

    def _user(self, mail: api.Mail) -> str:
        return self.settings.username or author_of(mail.raw)


class Postal(api.Api):
    """On a server of one's own: https://docs.postalserver.io/developer/api."""

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
