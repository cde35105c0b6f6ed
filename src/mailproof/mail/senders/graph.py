"""Microsoft Graph: https://learn.microsoft.com/graph/api/user-sendmail (in MIME)."""

from __future__ import annotations

from mailproof.mail.senders import api, oauth
from mailproof.mail.template import author_of


class Graph(api.Api):
    """Accepts the message, which Exchange rebuilds; returns no message id."""

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
