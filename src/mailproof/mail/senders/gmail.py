"""Gmail API: https://developers.google.com/workspace/gmail/api/reference/rest/v1/users.messages/send."""

from __future__ import annotations

from mailproof.mail.http_exchange import Response
from mailproof.mail.senders import oauth
from mailproof.mail.senders.api import (
    Answer,
    Api,
    Mail,
    Request,
    at,
    bearer,
    header_recipients,
    json_of,
    refusal,
    segment,
    text_at,
)
from mailproof.mail.template import author_of

SCOPE = "https://www.googleapis.com/auth/gmail.send"
TOKEN_URL = "https://oauth2.googleapis.com/token"  # noqa: S105 - an address


class Gmail(Api):
    """Takes the message as it is."""

    kind = "gmail"
    name = "Gmail API"
    rewrites = ("Message-ID", "Return-Path")
    no_dry_run = "its API has no way to check without sending"
    bases = (("", "https://gmail.googleapis.com"),)

    def token_request(self, mail: Mail) -> Request | None:
        """See Api."""
        if self.keys.token is not None:
            return None
        account = oauth.account_of(self.key)
        if account is not None:
            url = self.settings.token_url or TOKEN_URL
            return oauth.service_account(account, url, SCOPE, self._user(mail), mail.now)
        refresh_token = self.keys.refresh_token.reveal() if self.keys.refresh_token is not None else ""
        url = self.settings.token_url or TOKEN_URL
        return oauth.refreshing(url, self.settings.key_id, self.key, refresh_token)

    def request(self, mail: Mail) -> Request:
        """See Api. Gmail sends to the addresses in the header."""
        header_recipients(mail, self.name)
        path = f"/upload/gmail/v1/users/{segment(self._user(mail))}/messages/send?uploadType=media"
        fields = (("Content-Type", "message/rfc822"), bearer(mail.token))
        return Request(f"{self.base}{path}", fields, mail.raw)

    def answer(self, reply: Response, mail: Mail) -> Answer:
        """See Api. The id is Gmail's own, and in no header field."""
        if reply.status == 200:
            return Answer(True, text_at(json_of(reply), "id"))
        return refusal(
            reply,
            lambda data: text_at(data, "error", "errors", 0, "reason") or text_at(data, "error", "status"),
            lambda data: text_at(data, "error", "message") or str(at(data, "error") or "")[:200],
        )

    def _user(self, mail: Mail) -> str:
        return self.settings.username or author_of(mail.raw)
