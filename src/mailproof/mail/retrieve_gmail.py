"""Gmail's API as a mailbox: https://developers.google.com/workspace/gmail/api/reference/rest."""

from __future__ import annotations

import base64
import binascii
from datetime import UTC, datetime
from urllib.parse import urlencode

from mailproof.errors import CredentialError
from mailproof.mail.mailbox import MailboxError
from mailproof.mail.mailboxes.api_mailbox import ApiMailbox, Listed, as_list, checked_id, header_of
from mailproof.mail.mailboxes.limits import MAX_API_LISTED, MAX_API_REPLY
from mailproof.mail.senders import oauth
from mailproof.mail.senders.api import Request, at, segment, text_at
from mailproof.structs import replace

#: The scope for reading, and with ``remove`` for moving messages to the bin.
SCOPES = {
    False: "https://www.googleapis.com/auth/gmail.readonly",
    True: "https://www.googleapis.com/auth/gmail.modify",
}
_TABS = {
    "CATEGORY_PERSONAL": "Primary",
    "CATEGORY_SOCIAL": "Social",
    "CATEGORY_PROMOTIONS": "Promotions",
    "CATEGORY_UPDATES": "Updates",
    "CATEGORY_FORUMS": "Forums",
}


class GmailMailbox(ApiMailbox):
    """All folders at once; a message's labels show where it is."""

    clock = "internalDate"
    _header = b""

    def token_request(self) -> Request:
        settings, key = self._settings, self.key
        if not self.refresh_token and oauth.account_of(key) is None:
            raise CredentialError(
                "'key' is not the JSON of a service account, and there is no 'refresh_token'"
            )
        scope, user = SCOPES[settings.remove], settings.username
        return oauth.of_google(settings, key, self.refresh_token, scope, user, datetime.now(UTC))

    async def list(self) -> tuple[Listed, ...]:
        asked = {
            "q": f"after:{int(self._since.timestamp())}",
            "includeSpamTrash": "true",
            "maxResults": MAX_API_LISTED,
        }
        found = at(await self._web.json(f"{self._path}?{urlencode(asked)}"), "messages")
        some = [] if found is None else found  # none are left out
        return tuple(Listed(checked_id(text_at(each, "id"))) for each in as_list(some))

    async def _take(self, message: Listed) -> None:
        path = f"{self._path}/{segment(message.id)}?format=metadata"
        data = await self._web.json(path, MAX_API_REPLY)
        given = at(data, "labelIds")
        labels = tuple(each for each in given if isinstance(each, str)) if isinstance(given, list) else ()
        self._header = header_of(at(data, "payload", "headers"))
        inbox, junk = "INBOX" in labels, "SPAM" in labels
        folder = "Spam" if junk else "INBOX" if inbox else "All Mail"
        tab = next((_TABS[each] for each in labels if each in _TABS), "") if inbox else ""
        own = not inbox and not junk and ("SENT" in labels or "DRAFT" in labels)
        when = _moment(text_at(data, "internalDate"))
        await super()._take(
            replace(message, folder=folder, junk=junk, tab=tab, labels=labels[:50], at=when, own=own)
        )

    async def header(self, message: Listed) -> bytes:
        """See ApiMailbox: fetched together with the labels."""
        return self._header

    async def raw(self, message: Listed, octets: int) -> bytes:
        path = f"{self._path}/{segment(message.id)}?format=raw"
        data = await self._web.json(path, octets * 4 // 3 + MAX_API_REPLY)
        text = at(data, "raw")
        try:
            given = text if isinstance(text, str) else ""
            return base64.b64decode(given + "=" * (-len(given) % 4), altchars=b"-_", validate=True)
        except (binascii.Error, ValueError):
            raise MailboxError("protocol", "the mailbox API returned a message that is not base64") from None

    async def delete(self, handle: str) -> None:
        """See ApiMailbox: move it to the bin, which is emptied after 30 days."""
        await self._web.send("POST", f"{self._path}/{segment(handle)}/trash")

    @property
    def _path(self) -> str:
        return f"/gmail/v1/users/{segment(self._settings.username or 'me')}/messages"


def _moment(text: str) -> datetime | None:
    """Convert milliseconds since the Unix epoch."""
    if not (text.isascii() and text.isdigit() and len(text) < 16):
        return None
    try:
        return datetime.fromtimestamp(int(text) / 1000, UTC)
    except (ValueError, OverflowError, OSError):
        return None
