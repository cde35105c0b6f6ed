"""Watches mailboxes in a separate process: the result for each, and the peak memory.

``python -m tests.hostile.watching`` reads settings as JSON lines, and answers each with a line.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec

MIB = 1024 * 1024


class Watched(msgspec.Struct):
    """The process's answer. ``peak`` is in octets; ``octets`` is the size of the probe as read."""

    result: str
    reason: str
    bounced: bool
    octets: int
    peak: int


class Watcher:
    """Client of the process."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process

    async def watch(self, token: str, **settings: Any) -> Watched:
        """Watch a mailbox until the watch ends."""
        return await asyncio.to_thread(self._ask, json.dumps({"token": token, **settings}, default=str))

    def _ask(self, line: str) -> Watched:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(line.encode() + b"\n")
        self._process.stdin.flush()
        return msgspec.json.decode(self._process.stdout.readline(), type=Watched)


@contextmanager
def watching() -> Iterator[Watcher]:
    """Start the process, and stop it afterwards."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.hostile.watching"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    try:
        yield Watcher(process)
    finally:
        process.kill()
        process.wait()
        for stream in (process.stdin, process.stdout):
            if stream is not None:
                stream.close()


async def _watch(
    token: str, path: str | None = None, append: str = "", into: str = "", **given: Any
) -> Watched:
    """``append`` replaces ``path`` (or ``into`` in it) once the mailbox is open."""
    from mailproof.config import Credential, RetrieveSettings
    from mailproof.mail.login import login_of
    from mailproof.mail.mailboxes.catch import Catch
    from mailproof.mail.retrieve import Watch

    if given["kind"] in ("imap", "pop3"):
        given |= {"host": "127.0.0.1", "security": "plain", "username": "u"}
        given |= {"password": Credential.of("pw"), "allow_plaintext_auth": True}
    settings = RetrieveSettings(**given, path=Path(path) if path else None, poll_interval=0.2)
    tracemalloc.start()
    watch = Watch(settings, await login_of(settings), Catch(token))
    await watch.open()
    if append:
        await asyncio.to_thread(Path(append).rename, Path(path or "") / into)
    facts, raw = await watch.wait()
    await watch.close()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return Watched(facts.result, facts.reason, facts.bounce is not None, len(raw or b""), peak)


if __name__ == "__main__":
    for line in sys.stdin:
        sys.stdout.buffer.write(msgspec.json.encode(asyncio.run(_watch(**json.loads(line)))) + b"\n")
        sys.stdout.flush()
