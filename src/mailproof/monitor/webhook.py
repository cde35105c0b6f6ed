"""Deliver alerts to a webhook: bounded, no redirects, no private addresses, the URL in no message."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from urllib.parse import urlsplit

from mailproof.config.monitoring import WebhookSettings
from mailproof.credentials import resolve_secret
from mailproof.errors import MailproofError
from mailproof.mail.connect import Resolve, Target, Trouble, connected, system_resolve, target_of
from mailproof.mail.http_exchange import Failed, ask, read_response, retry_after
from mailproof.mail.probe import check_authorities
from mailproof.mail.tls import TlsSettings
from mailproof.monitor.events import Event
from mailproof.monitor.limits import RETRY_MOST, WEBHOOK_ADDRESSES, WEBHOOK_ANSWER, WEBHOOK_URL
from mailproof.monitor.shapes import body
from mailproof.records.refusal import refusal
from mailproof.redaction import learn

#: Allowed ranges with ``allow_private``.
_EVERYWHERE = ("0.0.0.0/0", "::/0")


class WebhookError(Exception):
    """Why a delivery failed, without the URL. ``wait`` is the delay that the server asks for, in seconds."""

    def __init__(self, words: str, wait: float = 0.0) -> None:
        self.wait = min(max(wait, 0.0), RETRY_MOST)
        super().__init__(words)


class Webhook:
    """Delivers changes. ``resolve`` looks up the addresses of a host."""

    def __init__(self, settings: WebhookSettings, resolve: Resolve | None = None) -> None:
        self._settings, self._resolve = settings, resolve or system_resolve

    async def check(self) -> None:
        """Raises WebhookError if the URL is unavailable or invalid, so that nothing can be delivered."""
        await self._target()

    async def deliver(self, events: Sequence[Event]) -> None:
        """Send the events in one request. Raises WebhookError."""
        try:
            async with asyncio.timeout(self._settings.timeout):
                await self._deliver(events)
        except TimeoutError:
            raise WebhookError(f"no answer within {self._settings.timeout:g} s") from None

    async def _deliver(self, events: Sequence[Event]) -> None:
        settings, target = self._settings, await self._target()
        fields = (
            ("Content-Type", "application/json"),
            ("Idempotency-Key", f"mailproof-{events[0].id}-{events[-1].id}"),
        )
        rules, addresses = TlsSettings(target.host, settings.ca_file), await self._allowed(target.host)

        async def known(_: str) -> Sequence[str]:
            return addresses

        try:
            async with connected(target, rules, timeout=settings.timeout, resolve=known) as (wire, _):
                content = body(events, settings.kind)
                connection = await ask(wire, target.named, target.path, fields, content)
                await read_response(connection, wire, WEBHOOK_ANSWER, _check)
        except Trouble as trouble:
            refused = trouble.kind == "certificate"
            words = "the certificate is not accepted" if refused else "no connection could be made"
            raise WebhookError(words) from None
        except Failed as failed:
            if failed.kind != "too-large":  # the server accepted it, whatever it responded
                raise WebhookError("the connection was lost") from None

    async def _allowed(self, host: str) -> Sequence[str]:
        """The permitted addresses of the host, to connect to directly: no second lookup leads elsewhere."""
        try:
            found = list(await self._resolve(host))[:WEBHOOK_ADDRESSES]
        except OSError:
            raise WebhookError("its host could not be looked up") from None
        ranges = _EVERYWHERE if self._settings.allow_private else ()
        allowed = [address for address in found if not refusal(address, ranges)]
        if not found:
            raise WebhookError("the host has no address")
        if not allowed:
            what = f"its address is {refusal(found[-1], ranges)}"
            raise WebhookError(f"{what}: such addresses are refused (allow_private = true allows them)")
        return allowed

    async def _target(self) -> Target:
        """Resolve the URL to a target. Raises WebhookError."""
        try:
            url = (await resolve_secret(self._settings.url, part=_secret_part)).reveal()
            if self._settings.ca_file is not None:
                check_authorities(self._settings.ca_file)
        except MailproofError as error:
            raise WebhookError(str(error)) from None
        wrong = "its URL must look like https://hooks.example/…"
        if len(url) > WEBHOOK_URL or not url.isascii() or any(char <= " " or char == "\x7f" for char in url):
            raise WebhookError(wrong)
        learn(url)
        try:
            target, parts = target_of(url), urlsplit(url)
        except ValueError:
            raise WebhookError(wrong) from None
        private = parts.scheme.lower() == "http" and self._settings.allow_private
        if not target.host or parts.username is not None or not (target.encrypted or private):
            raise WebhookError(wrong)
        return target


def _check(status: int, fields: dict[str, str]) -> None:
    """Raises WebhookError unless the status is a success."""
    if 200 <= status < 300:
        return
    if 300 <= status < 400:
        raise WebhookError(f"it redirects (HTTP {status}), which is not followed: use the final URL")
    raise WebhookError(f"it refuses with HTTP {status}", retry_after(fields) or 0.0)


def _secret_part(url: str) -> str:
    """The secret part of a URL: everything after the host."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return url
    return f"{parts.path}?{parts.query}" if parts.query else parts.path or url
