"""Submit through a program: the local MTA's sendmail, or any command's standard input. Never a shell."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import Sequence
from contextlib import suppress
from typing import BinaryIO, Literal

from mailproof.closing import abort
from mailproof.config.settings import SubmitSettings
from mailproof.errors import UsageError
from mailproof.mail.envelope import crlf, envelope_address
from mailproof.mail.senders.dialogue import Dialogue
from mailproof.mail.senders.limits import GRACE_S, MAX_PRINTED
from mailproof.model import ProgramSubmission, SubmissionStage
from mailproof.printable import clean
from mailproof.structs import replace

#: Common paths of the local MTA's program (Linux Standard Base, BSD, macOS).
SENDMAIL = ("/usr/sbin/sendmail", "/usr/lib/sendmail")
#: sysexits.h: a temporary failure, which may be retried.
_TEMPFAIL = 75


class ProgramSender:
    """See Sender."""

    def __init__(self, settings: SubmitSettings) -> None:
        self._settings = settings
        self._words = tuple(settings.program)
        if not self._words:
            found = next((each for each in SENDMAIL if os.access(each, os.X_OK)), SENDMAIL[0])
            self._words = (found,)
        self._dialogue = Dialogue()
        self._begun = False
        self._facts = ProgramSubmission(kind=settings.kind, program=self._words[0])

    @property
    def place(self) -> str:
        return self._words[0]

    @property
    def rewrites(self) -> tuple[str, ...]:
        """See Sender. A program's changes can't be known in advance."""
        return ()

    @property
    def facts(self) -> ProgramSubmission | None:
        return self._current_facts() if self._begun else None

    async def send(self, message: bytes, mail_from: str, recipients: Sequence[str]) -> ProgramSubmission:
        if not recipients:
            raise UsageError("no recipient is given")
        sender, *to = (envelope_address(each) for each in (mail_from, *recipients))
        ours: tuple[str, ...] = ()
        more = {}
        if self._settings.kind == "sendmail":
            # -i: a line with a single dot is not the end. -f: the envelope sender. --: an address is not an
            # option.
            ours = ("-i", "-f", sender or "<>", "--", *to)
        else:
            more = {"MAILPROOF_MAIL_FROM": sender, "MAILPROOF_RECIPIENT": " ".join(to)}
        self._begun = True
        await self._run(ours, crlf(message).replace(b"\r\n", b"\n"), more)
        return self._current_facts()

    async def dry_run(self, message: bytes, mail_from: str, recipients: Sequence[str]) -> ProgramSubmission:
        raise UsageError(f"kind = {self._settings.kind!r} has no dry run: a program that is started may send")

    async def check(self) -> ProgramSubmission:
        """See Sender: whether the program exists and is executable."""
        import shutil

        self._begun = True
        if shutil.which(self._words[0]) is None:
            self._stage("local", f"{self._words[0]} does not exist or is not a program")
        return self._current_facts()

    def _interrupted(self) -> None:
        self._facts = replace(self._facts, in_doubt=True)
        self._dialogue.note("interrupted while it ran: it may or may not have sent the message")

    def _current_facts(self) -> ProgramSubmission:
        return replace(self._facts, dialogue=self._dialogue.lines)

    async def _run(self, arguments: Sequence[str], message: bytes, more: dict[str, str]) -> None:
        # The configured arguments are not shown: one may be a password.
        configured = ("…",) if self._words[1:] else ()
        self._dialogue.client(" ".join((self._words[0], *configured, *arguments)))
        self._dialogue.client(f"(the message, {len(message)} octets, with LF)")
        started = time.monotonic()
        ours, its = os.pipe()  # asyncio's own pipe could not be closed while a grandchild holds it
        with os.fdopen(ours, "rb") as printed:
            try:
                process = await asyncio.create_subprocess_exec(
                    *self._words,
                    *arguments,
                    stdin=asyncio.subprocess.PIPE,
                    stdout=its,
                    stderr=its,
                    env={**os.environ, **more},
                    start_new_session=True,
                )
            except (OSError, ValueError) as error:  # ValueError: NUL in an argument
                self._stage("local", f"it could not be started: {getattr(error, 'strerror', None) or error}")
                return
            except asyncio.CancelledError:  # it may have started; asyncio has killed it
                self._interrupted()
                raise
            finally:
                os.close(its)
            reader = asyncio.create_task(_output(printed))
            limit, output = self._settings.timeout, b""
            try:
                async with asyncio.timeout(limit):
                    await _feed(process, message)
                    await process.wait()
                    output = await reader
            except TimeoutError:
                self._facts = replace(self._facts, in_doubt=True)
                reason = f"it did not end within {limit:g} s, and was stopped"
                self._stage("timeout", reason, elapsed=time.monotonic() - started)
                return
            except asyncio.CancelledError:
                self._interrupted()
                raise
            finally:
                reader.cancel()
                with suppress(asyncio.CancelledError):
                    await reader
                await _stop(process)
                if process.stdin is not None:  # a grandchild may hold the other end without reading
                    abort(process.stdin.transport)
        self._ended(process.returncode or 0, output, time.monotonic() - started)

    def _ended(self, code: int, output: bytes, elapsed: float) -> None:
        text = output.decode("utf-8", "replace")
        self._dialogue.server(*(line for line in text.splitlines() if line.strip()))
        self._dialogue.note(f"exit code {code}")
        said = " ".join(clean(text, 1000, " ").split())
        self._facts = replace(self._facts, exit_code=code, accepted=code == 0)
        if code == 0:
            self._facts = replace(
                self._facts, stages=(SubmissionStage("run", True, text=said, elapsed_ms=_ms(elapsed)),)
            )
            return
        how = f"ended by signal {-code}" if code < 0 else f"exit code {code}"
        self._stage("deferred" if code == _TEMPFAIL else "rejected", how, said, elapsed)

    def _stage(
        self,
        kind: Literal["local", "timeout", "deferred", "rejected"],
        reason: str,
        text: str = "",
        elapsed: float = 0.0,
    ) -> None:
        self._dialogue.note(reason)
        stage = SubmissionStage("run", False, text=text, kind=kind, reason=reason, elapsed_ms=_ms(elapsed))
        self._facts = replace(self._facts, stages=(stage,))


def _ms(seconds: float) -> float:
    return round(seconds * 1000, 1)


async def _feed(process: asyncio.subprocess.Process, message: bytes) -> None:
    """Write the message; the program need not read all of it."""
    assert process.stdin is not None
    with suppress(BrokenPipeError, ConnectionResetError):
        process.stdin.write(message)
        await process.stdin.drain()
    process.stdin.close()
    with suppress(BrokenPipeError, ConnectionResetError):
        await process.stdin.wait_closed()


async def _output(pipe: BinaryIO) -> bytes:
    """The program's output up to the limit; the rest is read and discarded, so that it does not block."""
    reader = asyncio.StreamReader(MAX_PRINTED)
    loop = asyncio.get_running_loop()
    transport, _ = await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), pipe)
    output = b""
    try:
        while piece := await reader.read(MAX_PRINTED):
            output += piece[: MAX_PRINTED - len(output)]
    finally:
        transport.close()
    return output


async def _stop(process: asyncio.subprocess.Process) -> None:
    """Terminate the process and its children, if it is still running."""
    for sign in (signal.SIGTERM, signal.SIGKILL):
        if process.returncode is not None:
            return
        with suppress(ProcessLookupError):
            os.killpg(process.pid, sign)
        with suppress(TimeoutError):
            async with asyncio.timeout(GRACE_S):
                await process.wait()
