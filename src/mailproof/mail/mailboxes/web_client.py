"""Requests to a mailbox behind an HTTP API: one connection each, bounded; every failure is a MailboxError."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from mailproof.config.settings import RetrieveSettings
from mailproof.mail.connect import Resolve, Trouble, connected, public_only, target_of
from mailproof.mail.http_exchange import Failed, Response, ask, read_response, redirected, retry_after
from mailproof.mail.mailbox import MailboxError, MailboxTrouble
from mailproof.mail.mailboxes.limits import MAX_API_REPLY
from mailproof.mail.senders.api import Request, Unreadable, bearer, first_at, json_of, plain
from mailproof.mail.senders.oauth import token_of
from mailproof.mail.tls import TlsSettings
from mailproof.model import TlsFacts

#: Replies after which the request is to be retried later (RFC 6585 section 4, RFC 9110 section 15.6.4).
_RETRYABLE = (429, 503)
_DENIED = (401, 403)
#: Where the JSON of an error has its message.
_WORDS_AT = (("error", "message"), ("error", "code"))


class RetryLater(Exception):
    """The API asks us to wait this many seconds."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        super().__init__(seconds)


class WebClient:
    """Requests for paths below the base URL, with a token that is renewed once.

    ``wanted`` creates the request for a token; None if the token is given.
    """

    def __init__(
        self,
        settings: RetrieveSettings,
        token: str,
        wanted: Callable[[], Request] | None,
        *,
        resolve: Resolve | None,
    ) -> None:
        self._settings, self._resolve = settings, resolve
        self._token, self._wanted = token, wanted
        self._renewing = asyncio.Lock()
        self.tls: TlsFacts | None = None

    async def json(self, path: str, limit: int = MAX_API_REPLY) -> dict[str, Any]:
        reply = await self.get(path, limit)
        try:
            return json_of(reply)
        except Unreadable:
            raise MailboxError("protocol", "the mailbox API does not answer with a JSON object") from None

    async def get(self, path: str, limit: int) -> Response:
        """GET a path, at most ``limit`` octets."""
        return await self._authorized("GET", path, limit)

    async def send(self, method: str, path: str) -> None:
        """Send a request that changes something."""
        content = b"" if method == "POST" else None
        await self._authorized(method, path, MAX_API_REPLY, content)

    async def _authorized(self, method: str, path: str, limit: int, content: bytes | None = None) -> Response:
        async with self._renewing:  # concurrent requests share one token
            fresh = not self._token
            if fresh:
                await self._renew()
        reply = await self._ask(method, path, limit, content)
        if reply.status == 401 and not fresh and self._wanted is not None:  # tokens expire after an hour
            await self._renew()
            reply = await self._ask(method, path, limit, content)
        if reply.status in _RETRYABLE:
            raise RetryLater(retry_after(reply.fields) or 0.0)
        if reply.status not in (200, 202, 204):
            kind: MailboxTrouble = "login" if reply.status in _DENIED else "protocol"
            words = f"the mailbox API answers HTTP {reply.status}: {_said(reply)}"
            raise MailboxError(kind, words, self.tls)
        return reply

    async def _ask(self, method: str, path: str, limit: int, content: bytes | None) -> Response:
        url, fields = f"{self._settings.base}{path}", (bearer(self._token),)
        return await self._exchange(url, limit, fields, content, method=method, ours=bool(self._settings.url))

    async def _renew(self) -> None:
        if self._wanted is None:
            raise MailboxError("login", "no token is given")
        request = self._wanted()
        ours = bool(self._settings.token_url)
        reply = await self._exchange(
            request.url, MAX_API_REPLY, request.fields, request.content, method="POST", ours=ours
        )
        if reply.status in _RETRYABLE:
            raise RetryLater(0.0)
        try:
            self._token, answer = token_of(reply)
        except Unreadable as error:
            raise MailboxError("protocol", f"no OAuth token: {error}", self.tls) from None
        if not answer.accepted:
            said = " ".join(filter(None, (answer.code, answer.words)))
            words = f"no OAuth token: HTTP {reply.status} {said}".rstrip()
            raise MailboxError("login", words, self.tls)

    async def _exchange(
        self,
        url: str,
        limit: int,
        fields: tuple[tuple[str, str], ...],
        content: bytes | None,
        *,
        method: str,
        ours: bool,
    ) -> Response:
        settings, target = self._settings, target_of(url)
        resolve = self._resolve if ours else public_only(self._resolve)
        rules = TlsSettings.of(settings, target.host)
        try:
            async with connected(target, rules, timeout=settings.timeout, resolve=resolve) as (
                wire,
                self.tls,
            ):
                async with asyncio.timeout(settings.timeout):
                    connection = await ask(wire, target.named, target.path, fields, content, method)
                    return await read_response(connection, wire, limit, redirected)
        except Trouble as trouble:
            raise MailboxError(trouble.stage, trouble.reason, trouble.tls) from None
        except Failed as failed:
            raise MailboxError("protocol", f"the mailbox API: {failed.problem}", self.tls) from None
        except TimeoutError:
            words = f"the mailbox API gave no complete reply within {settings.timeout:g} s"
            raise MailboxError("protocol", words, self.tls) from None


def _said(reply: Response) -> str:
    """The API's own message for an error."""
    with suppress(Unreadable):
        if words := first_at(json_of(reply), *_WORDS_AT):
            return words[:300]
    return plain(reply)[:300] or "no reason given"
