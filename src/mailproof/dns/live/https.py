"""Queries over HTTPS (RFC 8484)."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from mailproof.dns.live.miss import Miss
from mailproof.dns.live.nameserver import Nameserver
from mailproof.dns.live.packet import answers_question

if TYPE_CHECKING:
    import ssl

    import httpx

_TYPE = "application/dns-message"
_MAX_BODY = 65535
_HEADERS = {"accept": _TYPE, "content-type": _TYPE, "accept-encoding": "identity"}


class HttpsPool:
    """An HTTP/2 client for one server. Verifies certificates; follows no redirect, uses no proxy."""

    def __init__(self, server: Nameserver, tls: ssl.SSLContext) -> None:
        import httpx

        self._errors = (httpx.HTTPError, httpx.InvalidURL)
        self._server = server
        self._client: httpx.AsyncClient = httpx.AsyncClient(
            http2=True,
            verify=tls,
            follow_redirects=False,
            trust_env=False,
            timeout=None,  # noqa: S113 - every request has its limit in ask()
            limits=httpx.Limits(max_connections=4, max_keepalive_connections=4),
        )

    async def ask(self, query: bytes, question: bytes, timeout: float) -> bytes | Miss:
        """POST ``query`` (without id, which is 0 here) and read the reply within ``timeout`` seconds."""
        try:
            async with asyncio.timeout(timeout):
                return await self._post(b"\0\0" + query, question)
        except TimeoutError:
            return Miss("timeout", f"no answer from {self._server.text}")
        except (
            *self._errors,
            OSError,
            RuntimeError,
        ) as error:  # RuntimeError: the client was closed meanwhile
            return Miss("no-way", f"{self._server.text}: {error or type(error).__name__}")

    async def _post(self, message: bytes, question: bytes) -> bytes | Miss:
        shown = self._server.text
        async with self._client.stream(
            "POST", self._server.url, content=message, headers=_HEADERS
        ) as response:
            if response.status_code != 200:
                return Miss("garbage", f"{shown} answered HTTP {response.status_code}")
            kind = response.headers.get("content-type", "").split(";")[0].strip().lower()
            if kind != _TYPE:
                return Miss("garbage", f"{shown} answered with {kind[:60] or 'no content type'}, not {_TYPE}")
            body = bytearray()
            async for chunk in response.aiter_raw():
                body += chunk
                if len(body) > _MAX_BODY:
                    return Miss("garbage", f"{shown} answered with more than {_MAX_BODY} octets")
        data = bytes(body)
        if data[:2] != b"\0\0" or not answers_question(data, question):
            return Miss("garbage", f"{shown} answered another question")
        return data

    async def aclose(self) -> None:
        """Close the connections."""
        await self._client.aclose()
