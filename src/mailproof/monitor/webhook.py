"""One delivery to a webhook: bounded, no redirects, no private addresses, and the URL in no message.

The addresses of the host are looked up once, checked, and connected to by number, so that no second answer
leads elsewhere.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Awaitable, Callable, Sequence
from urllib.parse import urlsplit

from mailproof.config.monitoring import WebhookSettings
from mailproof.credentials import resolve_secret
from mailproof.errors import MailproofError
from mailproof.monitor.events import Event
from mailproof.monitor.limits import RETRY_MOST, WEBHOOK_ADDRESSES, WEBHOOK_ANSWER, WEBHOOK_URL
from mailproof.monitor.shapes import body
from mailproof.printable import bracketed
from mailproof.records.refusal import refusal
from mailproof.redaction import learn

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]
#: With ``allow_private``.
_EVERYWHERE = ("0.0.0.0/0", "::/0")


class WebhookError(Exception):
    """Not delivered, and why, without the URL. ``wait`` is how long the other side asks to wait."""

    def __init__(self, words: str, wait: float = 0.0) -> None:
        self.wait = min(max(wait, 0.0), RETRY_MOST)
        super().__init__(words)


class Webhook:
    """Delivers changes. ``resolve`` finds the addresses of a host."""

    def __init__(self, settings: WebhookSettings, resolve: Resolve | None = None) -> None:
        self._settings, self._resolve = settings, resolve or _addresses

    async def deliver(self, events: Sequence[Event]) -> None:
        """Send them in one request. Raises WebhookError."""
        try:
            async with asyncio.timeout(self._settings.timeout):
                await self._deliver(events)
        except TimeoutError:
            raise WebhookError(f"no answer within {self._settings.timeout:g} s") from None

    async def _deliver(self, events: Sequence[Event]) -> None:
        url, host, port = await self._target()
        problem = "the host has no address"
        for address in (await self._found(host, port))[:WEBHOOK_ADDRESSES]:
            problem = refusal(address, _EVERYWHERE if self._settings.allow_private else ())
            if problem:
                problem = (
                    f"its address is {problem}: such addresses are refused (allow_private = true allows them)"
                )
                continue
            problem = await self._post(url, host, port, address, events)
            if not problem:
                return
        raise WebhookError(problem)

    async def _target(self) -> tuple[str, str, int]:
        """The URL, its host and port. Raises WebhookError."""
        try:
            url = (await resolve_secret(self._settings.url, part=_secret_part)).reveal()
        except MailproofError as error:
            raise WebhookError(str(error)) from None
        wrong = "its URL must be like https://hooks.example/…"
        if len(url) > WEBHOOK_URL or not url.isascii() or any(char <= " " or char == "\x7f" for char in url):
            raise WebhookError(wrong)
        learn(url)
        try:
            parts = urlsplit(url)
            port = parts.port or (443 if parts.scheme.lower() == "https" else 80)
        except ValueError:
            raise WebhookError(wrong) from None
        private = parts.scheme.lower() == "http" and self._settings.allow_private
        if (
            not parts.hostname
            or parts.username is not None
            or not (parts.scheme.lower() == "https" or private)
        ):
            raise WebhookError(wrong)
        return url, parts.hostname, port

    async def _found(self, host: str, port: int) -> Sequence[str]:
        try:
            return await self._resolve(host, port)
        except OSError:
            raise WebhookError("its host could not be looked up") from None

    async def _post(self, url: str, host: str, port: int, address: str, events: Sequence[Event]) -> str:
        """Post to one address: "" where it was taken, else why it could not be reached."""
        import httpx

        from mailproof.tls_context import client_context

        plain = httpx.URL(url)
        try:
            context = client_context(self._settings.ca_file)
        except (OSError, ssl.SSLError) as error:
            reason = error.strerror or "not readable"
            raise WebhookError(f"the CA file {self._settings.ca_file} cannot be used: {reason}") from None
        usual = 443 if plain.scheme == "https" else 80
        headers = {
            "Host": bracketed(host) if port == usual else f"{bracketed(host)}:{port}",
            "Content-Type": "application/json",
            "User-Agent": "mailproof",
            "Idempotency-Key": f"mailproof-{events[0].id}-{events[-1].id}",
        }
        try:
            async with (
                httpx.AsyncClient(
                    verify=context, trust_env=False, follow_redirects=False, timeout=self._settings.timeout
                ) as client,
                client.stream(
                    "POST",
                    plain.copy_with(host=address),
                    content=body(events, self._settings.kind),
                    headers=headers,
                    extensions={"sni_hostname": host},
                ) as answer,
            ):
                await _read(answer)
                _check(answer.status_code, answer.headers.get("Retry-After", ""))
        except httpx.ConnectError as error:
            return (
                "the certificate is not accepted" if _is_certificate(error) else "it cannot be connected to"
            )
        except httpx.HTTPError:
            return "the connection broke off"
        return ""


async def _read(answer: object) -> None:
    """The beginning of the answer: some close badly where nothing is read."""
    size = 0
    async for piece in answer.aiter_raw():  # type: ignore[attr-defined] # httpx is imported where it is used
        size += len(piece)
        if size > WEBHOOK_ANSWER:
            return


def _check(status: int, wait: str) -> None:
    """Raises WebhookError for all but a success."""
    if 200 <= status < 300:
        return
    seconds = float(wait) if wait.isascii() and wait.isdigit() and len(wait) < 7 else 0.0
    if 300 <= status < 400:
        raise WebhookError(f"it redirects (HTTP {status}), which is not followed: use the final URL")
    raise WebhookError(f"it refuses with HTTP {status}", seconds)


def _is_certificate(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, ssl.SSLError):
            return True
        error = error.__cause__ or error.__context__
    return False


def _secret_part(url: str) -> str:
    """What is secret in a URL: all behind the host."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return url
    return f"{parts.path}?{parts.query}" if parts.query else parts.path or url


async def _addresses(host: str, port: int) -> Sequence[str]:
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(each[4][0]) for each in found))
