"""Gmail API: https://developers.google.com/workspace/gmail/api/reference/rest/v1/users.messages/send."""

from __future__ import annotations

from mailproof.mail.senders import api, oauth
from mailproof.mail.template import author_of

SCOPE = "https://www.googleapis.com/auth/gmail.send"


class Gmail(api.Api):
    """Accepts the raw message."""

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
