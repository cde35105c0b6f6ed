"""Microsoft Graph: https://learn.microsoft.com/graph/api/user-sendmail (in MIME)."""

from __future__ import annotations

from mailproof.mail.http_exchange import Response
from mailproof.mail.senders import oauth
from mailproof.mail.senders.api import (
    Answer,
    Api,
    Mail,
    Request,
    bearer,
    header_recipients,
    refusal,
    segment,
    text_at,
)
from mailproof.mail.template import author_of

SCOPE = "https://graph.microsoft.com/.default"


class Graph(Api):
    """Takes the message, which Exchange builds anew; names no message."""

    kind = "graph"
    name = "Microsoft Graph"
    rewrites = ("Message-ID", "Date", "Return-Path", "boundaries", "encodings", "headers", "html")
    gives_id = False
    no_dry_run = "its API has no way to check without sending"
    bases = (("", "https://graph.microsoft.com"),)

    def token_request(self, mail: Mail) -> Request | None:
        """See Api."""
        if self.keys.token is not None:
            return None
        tenant = self.settings.account or "common"
        url = self.settings.token_url
        url = url or f"https://login.microsoftonline.com/{segment(tenant)}/oauth2/v2.0/token"
        client = self.settings.key_id
        if self.keys.refresh_token is not None:
            return oauth.refreshing(url, client, self.key, self.keys.refresh_token.reveal(), SCOPE)
        return oauth.client_credentials(url, client, self.key, SCOPE)

    def request(self, mail: Mail) -> Request:
        """See Api. Exchange sends to the addresses in the header."""
        header_recipients(mail, self.name)
        user = self.settings.username or author_of(mail.raw)
        fields = (("Content-Type", "text/plain"), bearer(mail.token))
        url = f"{self.base}/v1.0/users/{segment(user)}/sendMail"
        return Request(url, fields, mail.encoded.encode())

    def answer(self, reply: Response, mail: Mail) -> Answer:
        """See Api."""
        if reply.status == 202:
            return Answer(True)
        return refusal(
            reply, lambda data: text_at(data, "error", "code"), lambda data: text_at(data, "error", "message")
        )
