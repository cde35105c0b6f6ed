"""A real headless Chromium, controlled over its debugging pipe."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
#: Time limit in seconds for everything that one test does.
PATIENCE = 60


def chromium() -> str | None:
    return next(filter(None, map(shutil.which, NAMES)), None)


class Browser:
    """A page of the browser. ``events`` are its unsolicited messages."""

    def __init__(self, read: int, write: int) -> None:
        self._read, self._write = os.fdopen(read, "rb", buffering=0), os.fdopen(write, "wb", buffering=0)
        self._rest = b""
        self._count = 0
        self.events: list[dict[str, Any]] = []
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self._session = ""
        self._session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")

    def call(self, method: str, **given: Any) -> dict[str, Any]:
        self._count += 1
        number = self._count
        session = {"sessionId": self._session} if getattr(self, "_session", "") else {}
        self._write.write(
            json.dumps({"id": number, "method": method, "params": given, **session}).encode() + b"\0"
        )
        while True:
            said = self._next()
            if said.get("id") == number:
                assert "error" not in said, said["error"]
                result: dict[str, Any] = said["result"]
                return result
            self.events.append(said)

    def _next(self) -> dict[str, Any]:
        while b"\0" not in self._rest:
            more = self._read.read(1 << 20)
            assert more, "Chromium ended"
            self._rest += more
        line, _, self._rest = self._rest.partition(b"\0")
        said: dict[str, Any] = json.loads(line)
        return said

    def open(self, path: Path) -> None:
        self.events.clear()
        self.call("Page.navigate", url=path.absolute().as_uri())
        while not any(each["method"] == "Page.loadEventFired" for each in self.events):
            self.events.append(self._next())

    def run(self, script: str) -> Any:
        """Evaluate a script and await its value, bypassing the page's policy."""
        found = self.call("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        assert "exceptionDetails" not in found, found["exceptionDetails"]
        return found["result"].get("value")

    def look(self, scheme: str, width: int = 1280, media: str = "") -> None:
        """Emulate a colour scheme, a width, and a medium (screen or print)."""
        self.call(
            "Emulation.setEmulatedMedia",
            media=media,
            features=[{"name": "prefers-color-scheme", "value": scheme}],
        )
        self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=900,
            deviceScaleFactor=1,
            mobile=width < 600,
        )


@contextmanager
def browser(program: str) -> Iterator[Browser]:
    """Run a browser until the block ends."""
    ours, theirs = os.pipe(), os.pipe()
    high = [fcntl.fcntl(fd, fcntl.F_DUPFD, 40) for fd in (theirs[0], ours[1])]
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        process = subprocess.Popen(
            [
                "bash", "-c", f'exec "$@" 3<&{high[0]} 4>&{high[1]}', "bash", program, "--headless=new",
                *(("--no-sandbox",) if os.geteuid() == 0 else ()), "--remote-debugging-pipe",
                f"--user-data-dir={profile}", "--disable-background-networking", "--no-first-run",
                "--host-resolver-rules=MAP * ~NOTFOUND", "about:blank",
            ],
            pass_fds=high, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip
        for fd in (theirs[0], ours[1], *high):
            os.close(fd)
        try:
            yield Browser(ours[0], theirs[1])
        finally:
            process.kill()
            process.wait(PATIENCE)
