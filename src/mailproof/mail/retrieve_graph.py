"""Microsoft Graph as a mailbox: https://learn.microsoft.com/graph/api/user-list-messages."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from mailproof.mail.mailboxes.api_mailbox import ApiMailbox, Listed, as_list, checked_id, header_of
from mailproof.mail.mailboxes.limits import MAX_API_LISTED, MAX_API_REPLY
from mailproof.mail.senders import oauth
from mailproof.mail.senders.api import Request, at, segment, text_at
from mailproof.structs import replace

#: Folders with names that are the same in all languages.
_WELL_KNOWN = ("inbox", "junkemail", "sentitems", "drafts", "outbox")
_OUTGOING = ("sentitems", "drafts", "outbox")
_FIELDS = "id,parentFolderId,receivedDateTime,inferenceClassification"


class GraphMailbox(ApiMailbox):
    """All folders at once; Focused and Other are the tabs of the inbox."""

    clock = "receivedDateTime"
    _known: dict[str, str]  # id of a folder -> well-known name
    _names: dict[str, str]  # id of a folder -> display name

    def token_request(self) -> Request:
        return oauth.of_microsoft(self._settings, self.key, self.refresh_token)

    async def prepare(self) -> None:
        """See ApiMailbox: look up the folders' ids."""
        found = await asyncio.gather(*map(self._folder, _WELL_KNOWN))
        self._known = {key: name for name, (key, _) in zip(_WELL_KNOWN, found, strict=True)}
        self._names = {key: shown or name for name, (key, shown) in zip(_WELL_KNOWN, found, strict=True)}

    async def _take(self, message: Listed) -> None:
        if message.folder not in self._names and not message.own:
            _, shown = await self._folder(message.folder)
            self._names[message.folder] = shown or "another folder"
        await super()._take(replace(message, folder=self._names.get(message.folder, "")))

    async def list(self) -> tuple[Listed, ...]:
        asked = {
            "$select": _FIELDS,
            "$filter": f"receivedDateTime ge {self._since:%Y-%m-%dT%H:%M:%SZ}",
            "$orderby": "receivedDateTime desc",
            "$top": MAX_API_LISTED,
        }
        found = at(await self._web.json(f"{self._path}/messages?{urlencode(asked)}"), "value")
        return tuple([self._listed(each) for each in as_list(found)])

    def _listed(self, data: Any) -> Listed:
        parent = text_at(data, "parentFolderId")
        known = self._known.get(parent, "")
        focus = text_at(data, "inferenceClassification")
        return Listed(
            checked_id(text_at(data, "id")),
            folder=parent,
            junk=known == "junkemail",
            tab=focus.capitalize() if known == "inbox" and focus in ("focused", "other") else "",
            at=_moment(text_at(data, "receivedDateTime")),
            own=known in _OUTGOING,
        )

    async def header(self, message: Listed) -> bytes:
        path = f"{self._path}/messages/{segment(message.id)}?$select=internetMessageHeaders"
        return header_of(at(await self._web.json(path, MAX_API_REPLY), "internetMessageHeaders"))

    async def raw(self, message: Listed, octets: int) -> bytes:
        path = f"{self._path}/messages/{segment(message.id)}/$value"
        return (await self._web.get(path, octets + MAX_API_REPLY)).body

    async def delete(self, handle: str) -> None:
        """See ApiMailbox: move it to the deleted items."""
        await self._web.send("DELETE", f"{self._path}/messages/{segment(handle)}")

    async def _folder(self, name: str) -> tuple[str, str]:
        """The id and the display name of a folder."""
        data = await self._web.json(f"{self._path}/mailFolders/{segment(name)}?$select=id,displayName")
        return text_at(data, "id"), text_at(data, "displayName")[:100]

    @property
    def _path(self) -> str:
        name = self._settings.username
        return f"/v1.0/users/{segment(name)}" if name else "/v1.0/me"


def _moment(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)
