"""Print the page to PDF with Chromium, if installed.

The page can load nothing (by its own policy, and because no name resolves) and runs only our script.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from datetime import datetime
from pathlib import Path

from mailproof.errors import UsageError

#: How long a browser may take to start and print, in seconds.
PRINT_LIMIT = 120.0
#: The largest PDF that is accepted, in octets.
MAX_PDF_BYTES = 200_000_000
_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge")
_MAC = ("Google Chrome", "Chromium", "Microsoft Edge")
_OPTIONS = (
    *("--headless=new", "--disable-gpu", "--disable-extensions", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync", "--no-first-run", "--no-default-browser-check"),
    *("--no-pdf-header-footer", "--host-resolver-rules=MAP * ~NOTFOUND", "--proxy-server=127.0.0.1:9"),
)
_MOMENT = re.compile(rb"(/(?:CreationDate|ModDate) \()D:[^)]{0,40}(\))")


def browser() -> str:
    """The browser to print with. Raises UsageError if there is none."""
    places = [f"/Applications/{name}.app/Contents/MacOS/{name}" for name in _MAC if sys.platform == "darwin"]
    found = next(filter(None, map(shutil.which, (*_NAMES, *places))), None)
    if found is None:
        raise UsageError(
            "PDF needs Chromium or Chrome, and none is installed: install one (Debian: apt-get install "
            "chromium), or use -o report.html and print that"
        )
    return found


def printed(page: str, moment: datetime) -> bytes:
    """The page as PDF, dated ``moment``. Raises UsageError if the browser fails."""
    program = browser()
    with tempfile.TemporaryDirectory(prefix="mailproof-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        source, target = folder / "report.html", folder / "report.pdf"
        source.write_text(page, encoding="utf-8", errors="backslashreplace")
        _run(program, folder, source, target)
        try:
            with target.open("rb") as file:
                raw = file.read(MAX_PDF_BYTES + 1)
        except OSError:
            raw = b""
    if not raw.startswith(b"%PDF-"):
        raise UsageError(f"PDF: {program} wrote none")
    if len(raw) > MAX_PDF_BYTES:
        raise UsageError(f"PDF: larger than {MAX_PDF_BYTES // 1_000_000} MB: audit fewer domains at once")
    return _dated(raw, moment)


def _run(program: str, folder: Path, source: Path, target: Path) -> None:
    # Chromium's sandbox does not work for root; otherwise it stays on.
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    command = (
        program,
        *_OPTIONS,
        *(("--no-sandbox",) if root else ()),
        f"--user-data-dir={folder / 'profile'}",
        f"--print-to-pdf={target}",
        source.as_uri(),
    )
    errors = folder / "errors.txt"
    with errors.open("wb") as said:
        try:
            process = subprocess.Popen(  # noqa: S603 - a program in PATH, without a shell
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=said,
                start_new_session=True,
            )
        except OSError as error:
            raise UsageError(f"PDF: cannot start {program}: {error.strerror}") from None
        try:
            code = process.wait(PRINT_LIMIT)
        except subprocess.TimeoutExpired:
            raise UsageError(f"PDF: {program} did not print within {PRINT_LIMIT:.0f} seconds") from None
        finally:
            _end(process)
    if code:
        raise UsageError(f"PDF: {program} ended with {code}{_first_line(errors)}")


def _end(process: subprocess.Popen[bytes]) -> None:
    """Kill the browser and its children."""
    if hasattr(os, "killpg"):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    elif process.poll() is None:
        process.kill()
    process.wait()


def _first_line(errors: Path) -> str:
    with errors.open("rb") as file:
        lines = file.read(4000).decode("utf-8", "replace").splitlines()
    from mailproof.render.shown import clean

    found = next((line.strip() for line in lines if line.strip()), "")
    return f": {clean(found, 300)}" if found else ""


def _dated(raw: bytes, moment: datetime) -> bytes:
    """Set the dates, so that the same report yields the same file. Offsets in the file remain valid."""
    date = f"D:{moment:%Y%m%d%H%M%S}+00'00'".encode()

    def replaced(found: re.Match[bytes]) -> bytes:
        kept = found[0]
        written = found[1] + date + found[2]
        return written if len(written) == len(kept) else kept

    return _MOMENT.sub(replaced, raw)
