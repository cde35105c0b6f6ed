"""One POST to an API: connection, evidence and bounds; failures are described in words."""

from __future__ import annotations

import asyncio

from mailproof.config.settings import SubmitSettings
from mailproof.mail.connect import Trouble, open_wire, public_only, secure_at, target_of
from mailproof.mail.http_exchange import Failed, Response, ask, read_response, redirected
from mailproof.mail.login import Means
from mailproof.mail.senders.api import Request
from mailproof.mail.senders.dialogue import Dialogue, Stages
from mailproof.mail.senders.limits import MAX_QUOTED, MAX_REPLY
from mailproof.mail.tls import TlsSettings
from mailproof.mail.wire import Wire
from mailproof.model import StageName, TlsFacts
from mailproof.printable import clean
from mailproof.redaction import hide


class HttpConnection(Stages):
    """The stages of successive requests, each on a new connection."""

    def __init__(self, settings: SubmitSettings, dialogue: Dialogue, means: Means) -> None:
        super().__init__(settings, dialogue)
        self._means = means
        self.host, self.port, self.address = "", 0, ""
        self.tls: TlsFacts | None = None
        self.stage: StageName = "connect"
        self.sent = False  # the whole request; the outcome is unknown until ``answered``
        self.answered = 0  # the status code

    async def post(self, request: Request, *, stage: StageName, ours: bool) -> Response:
        """Send the request and read the reply, of any status. Raises Ended.

        ``ours``: the user named the host, so it may be on a private network.
        """
        self.sent, self.answered, self.stage = False, 0, stage
        wire = await self._open(request.url, ours)
        target = target_of(request.url)
        self.begin()
        self.dialogue.client(f"POST {hide(request.url)} ({len(request.content)} octets)")
        try:
            async with asyncio.timeout(self.settings.timeout):
                connection = await ask(wire, target.named, target.path, request.fields, request.content)
                self.sent = True
                reply = await read_response(connection, wire, MAX_REPLY, redirected)
        except Failed as failed:
            self.answered = failed.status
            self.fail(stage, "protocol", failed.problem, failed.status)
        except TimeoutError:
            self.fail(stage, "timeout", f"no complete reply within {self.settings.timeout:g} s")
        finally:
            wire.abort()
        self.answered = reply.status
        granted = stage == "auth" and reply.status < 400  # tokens, of which we read only one
        self.dialogue.server(f"HTTP {reply.status}", *(() if granted else _quoted(reply)))
        return reply

    async def reach(self, url: str, *, ours: bool) -> None:
        """Connect, and no more. Raises Ended."""
        (await self._open(url, ours)).abort()

    async def _open(self, url: str, ours: bool) -> Wire:
        target = target_of(url)
        self.host, self.port = target.host, target.port
        self.address, self.tls = "", None
        settings = self.settings
        self.begin()
        self.dialogue.note(f"connect to {self.host} port {self.port}")
        try:
            resolve = self._means.resolve if ours else public_only(self._means.resolve)
            wire, self.address = await open_wire(
                self.host, self.port, timeout=settings.timeout, resolve=resolve
            )
        except Trouble as trouble:
            self.fail("connect", trouble.kind, trouble.reason)
        self.passed("connect", text=self.address)
        if target.encrypted:
            await self._secure(wire)
        return wire

    async def _secure(self, wire: Wire) -> None:
        rules, timeout = TlsSettings.of(self.settings, self.host), self.settings.timeout
        self.begin()
        try:
            self.tls = await secure_at(
                self.address, self.port, wire, rules, timeout=timeout, now=self._means.now
            )
        except Trouble as trouble:
            self.tls = trouble.tls
            self.fail("tls", trouble.kind, trouble.reason)
        self.passed("tls", text=self.tls.version)


def _quoted(reply: Response) -> tuple[str, ...]:
    """The part of a reply shown in the dialogue: relevant fields, and the start of the body."""
    shown = ("content-type", "retry-after", "x-amzn-errortype", "x-message-id", "x-amzn-requestid")
    fields = [f"{name}: {reply.field(name)}" for name in shown if reply.field(name)]
    text = reply.body[:MAX_QUOTED].decode("utf-8", "replace")
    return (*fields, *(clean(line) for line in text.splitlines()[:40] if line.strip()))
