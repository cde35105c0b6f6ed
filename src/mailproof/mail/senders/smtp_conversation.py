"""Commands and replies of one SMTP attempt, each with a time limit, recorded as stages."""

from __future__ import annotations

from typing import NoReturn

from mailproof.config.settings import SubmitSettings
from mailproof.mail.enhanced_status import meaning
from mailproof.mail.senders.dialogue import Dialogue, Ended, Stages
from mailproof.mail.smtp_reply import Reply, ReplyError, read_reply
from mailproof.mail.wire import ConnectionEnded, Wire
from mailproof.model import StageName, SubmissionStage


class Conversation(Stages):
    """A connection and its record."""

    def __init__(self, settings: SubmitSettings, dialogue: Dialogue) -> None:
        super().__init__(settings, dialogue)
        self._wire: Wire | None = None

    async def _pour(self, stage: StageName, data: bytes) -> None:
        """Send data that has no reply yet, and wait until it is flushed."""
        early = await self._early(stage)
        if early is None and await self._write(stage, data, flush=True):
            return
        self._require(stage, early or await self._read(stage), expected=False)

    async def _early(self, stage: StageName) -> Reply | None:
        """A refusal that the server sent before we asked. Any other reply would be mistaken for the next."""
        assert self._wire is not None
        if not self._wire.pending:
            return None
        reply = await self._read(stage, secret=stage == "auth")
        if reply.code < 400:
            self.fail(stage, "protocol", "the server sent a reply that no command asked for")
        return reply

    async def _exchange(
        self,
        stage: StageName,
        data: str | bytes,
        *,
        shown: str | None = None,
        secret: bool = False,
        timeout: float | None = None,
    ) -> Reply:
        if early := await self._early(stage):
            return early
        line = data if isinstance(data, bytes) else data.encode("utf-8") + b"\r\n"
        self.dialogue.client(shown if shown is not None else str(data))
        await self._write(stage, line, timeout=timeout)
        return await self._read(stage, secret=secret, timeout=timeout)

    async def _write(
        self, stage: StageName, data: bytes, *, flush: bool = False, timeout: float | None = None
    ) -> bool:
        """Write; returns whether it was sent. If not, a last reply from the server is available to read."""
        assert self._wire is not None
        limit = timeout or self.settings.timeout
        try:
            await self._wire.write(data, limit)
            if flush:
                await self._wire.flush(limit)
        except ConnectionEnded as error:
            if not self._wire.pending:
                self._lost(stage, error)
            return False
        except TimeoutError:
            self.fail(stage, "timeout", f"the server stopped reading for {limit:g} s")
        return True

    async def _read(self, stage: StageName, *, secret: bool = False, timeout: float | None = None) -> Reply:
        assert self._wire is not None
        limit = timeout or self.settings.timeout
        try:
            reply = await read_reply(self._wire, limit)
        except TimeoutError:
            self.fail(stage, "timeout", f"the server said nothing for {limit:g} s")
        except ConnectionEnded as error:
            self._lost(stage, error)
        except ReplyError as error:
            if error.raw:
                self.dialogue.server("***" if secret else error.raw)
            raw = error.raw[:120]
            shown = f": {raw!r}" if raw and not secret else ""
            self.fail(stage, "protocol", f"{error}{shown}")
        if secret and reply.code == 334:
            self.dialogue.server(f"{reply.code} ***")  # it may hold secrets
        else:
            self.dialogue.server(*reply.shown)
        return reply

    def _lost(self, stage: StageName, error: ConnectionEnded) -> NoReturn:
        self.fail(stage, "protocol", f"the server dropped the connection without a word ({error})")

    def _record(self, stage: StageName, reply: Reply, *, ok: bool, reason: str = "") -> bool:
        kind = "ok" if ok else reply.kind if reply.kind != "ok" else "protocol"
        self.stages.append(
            SubmissionStage(
                stage,
                ok,
                code=reply.code,
                enhanced=reply.enhanced,
                text=reply.text[:1000],
                kind=kind,
                reason=reason,
                elapsed_ms=self.elapsed(),
                meaning="" if ok else meaning(reply.enhanced, reply.code, reply.text),
            )
        )
        return ok

    def _require(
        self,
        stage: StageName,
        reply: Reply,
        *,
        expected: bool | None = None,
        reason: str = "",
        silent: bool = False,
    ) -> None:
        """Record the stage; ``silent`` records only a failure, as the stage continues."""
        ok = reply.positive if expected is None else expected
        if ok and silent:
            return
        if not self._record(stage, reply, ok=ok, reason=reason):
            raise Ended

    async def _close(self) -> None:
        wire, self._wire = self._wire, None
        if wire is not None:
            await wire.close()
