"""Gmail's and Microsoft's mailbox APIs on loopback, as far as a probe uses them, including hostile ones."""

from __future__ import annotations

import asyncio
import base64
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import parse_qs, unquote, urlsplit

from mailproof.records.message import split_fields
from tests.support.api_server import Asked, Reply
from tests.support.listening import listening

TOKEN = "access-token-1"
FOLDERS = {"inbox": "Posteingang", "junkemail": "Junk-E-Mail", "sentitems": "Gesendet", "x1": "Kunden"}


@dataclass
class Kept:
    """A stored message: with Gmail's labels, or the well-known name of a Graph folder."""

    raw: bytes
    labels: tuple[str, ...] = ("INBOX",)
    folder: str = "inbox"
    focus: str = "focused"
    when: datetime = field(default_factory=lambda: datetime.now(UTC))


@dataclass
class MailApi:
    """Recorded requests and stored messages; ``odd`` are replies that replace the usual ones, by path."""

    url: str = ""
    asked: list[Asked] = field(default_factory=list)
    messages: dict[str, Kept] = field(default_factory=dict)
    odd: dict[str, Reply] = field(default_factory=dict)
    once: dict[str, Reply] = field(default_factory=dict)
    accepted: str = TOKEN

    def answer(self, asked: Asked) -> Reply:
        """The response to a request."""
        path = unquote(urlsplit(asked.target).path)
        for odd in (self.once, self.odd):
            for part, reply in tuple(odd.items()):
                if part in path:
                    if odd is self.once:
                        del odd[part]
                    return reply
        if path == "/token":
            return Reply(body={"access_token": TOKEN, "token_type": "Bearer"})
        if asked.fields.get("authorization") != f"Bearer {self.accepted}":
            return Reply(401, {"error": {"code": "InvalidAuthenticationToken", "message": "no such token"}})
        query = parse_qs(urlsplit(asked.target).query)
        return (
            self.gmail(asked, path, query) if path.startswith("/gmail/") else self.graph(asked, path, query)
        )

    def gmail(self, asked: Asked, path: str, query: dict[str, list[str]]) -> Reply:
        """Gmail's users.messages: list, get, trash."""
        _, _, rest = path.partition("/messages")
        if not rest:
            assert query["includeSpamTrash"] == ["true"]
            assert query["q"][0].startswith("after:")
            return Reply(body={"messages": [{"id": key} for key in reversed(self.messages)]})
        key, _, action = rest.strip("/").partition("/")
        kept = self.messages[key]
        if action == "trash":
            assert asked.method == "POST"
            del self.messages[key]
            return Reply(body={})
        data: dict[str, object] = {
            "id": key,
            "labelIds": list(kept.labels),
            "internalDate": str(int(kept.when.timestamp() * 1000)),
        }
        if query["format"] == ["raw"]:
            data["raw"] = base64.urlsafe_b64encode(kept.raw).decode().rstrip("=")
        else:
            data["payload"] = {"headers": _headers(kept.raw)}
        return Reply(body=data)

    def graph(self, asked: Asked, path: str, query: dict[str, list[str]]) -> Reply:
        """Graph's mailFolders and messages of a user."""
        rest = path.removeprefix("/v1.0/users/b@b.example").removeprefix("/v1.0/me")
        if rest.startswith("/mailFolders/"):
            name = rest.rpartition("/")[2].removeprefix("id-")
            return Reply(body={"id": f"id-{name}", "displayName": FOLDERS.get(name, name)})
        if rest == "/messages":
            assert query["$filter"][0].startswith("receivedDateTime ge ")
            rows = [self._row(key, kept) for key, kept in reversed(self.messages.items())]
            return Reply(body={"value": rows})
        key = rest.removeprefix("/messages/").removesuffix("/$value")
        kept = self.messages[key]
        if asked.method == "DELETE":
            del self.messages[key]
            return Reply(204)
        if rest.endswith("/$value"):
            return Reply(body=kept.raw)
        return Reply(body={"id": key, "internetMessageHeaders": _headers(kept.raw)})

    def _row(self, key: str, kept: Kept) -> dict[str, str]:
        return {
            "id": key,
            "parentFolderId": f"id-{kept.folder}",
            "receivedDateTime": f"{kept.when:%Y-%m-%dT%H:%M:%SZ}",
            "inferenceClassification": kept.focus,
        }


def _headers(raw: bytes) -> list[dict[str, str]]:
    fields, _ = split_fields(raw)
    return [{"name": each.key, "value": each.value} for each in fields]


@asynccontextmanager
async def mail_api(context: ssl.SSLContext | None = None) -> AsyncIterator[MailApi]:
    """Serve on 127.0.0.1 until the block ends; without TLS if there is no context."""
    api = MailApi()

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        method, target, _ = head[0].split(" ")
        pairs = (line.partition(":") for line in head[1:])
        fields = {name.lower(): value.strip() for name, _, value in pairs}
        body = await reader.readexactly(int(fields.get("content-length", "0")))
        asked = Asked(method, target, fields, body)
        api.asked.append(asked)
        reply = api.answer(asked)
        for piece in reply.pieces or (reply.octets(),):
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(reply.pause)
        writer.close()

    async with listening(handle, ssl=context) as port:
        api.url = f"{'https' if context else 'http'}://127.0.0.1:{port}"
        yield api
