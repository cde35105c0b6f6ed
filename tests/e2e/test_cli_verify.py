"""``mailproof verify`` on arbitrary files and pasted text: bounded time and memory, one clear error line."""

from __future__ import annotations

import os
import random
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.cli import Run, mailproof, report_of
from tests.support.listening import free_port

HEADERS = (
    b"From: Ada <ada@acme.example>\r\nTo: bob@receiver.example\r\nSubject: hi\r\n"
    b"Date: Mon, 01 Jan 2024 00:00:00 +0000\r\nMessage-ID: <a@acme.example>\r\n"
)
MESSAGE = HEADERS + b"\r\nbody\r\n"
MOST_MEMORY_KB = 400_000
MOST_CPU_S = 15.0
ZONE = '$ORIGIN acme.example.\n@ 60 IN TXT "v=spf1 ip4:192.0.2.25 -all"\n'


@pytest.fixture
def zone(tmp_path: Path) -> str:
    path = tmp_path / "acme.zone"
    path.write_text(ZONE)
    return str(path)


def verify(raw: bytes, zone: str, tmp_path: Path, *options: str) -> Run:
    path = tmp_path / "message.eml"
    path.write_bytes(raw)
    return mailproof("verify", str(path), "--zone", zone, "--offline", *options)


NO_MESSAGES = {
    "empty": (b"", "empty"),
    "binary": (random.Random(1).randbytes(100_000), "header field"),
    "picture": (b"\x89PNG\r\n\x1a\n" + b"\0" * 500, "header field"),
    "prose": (b"Hello there, this is no message.\nJust text.\n", "header field"),
    "blank lines": (b"\r\n\r\n\r\n", "empty"),
    "page": (b"\n<!DOCTYPE html>\n<html><body>From: a@b.example</body></html>\n", "web page"),
}


@pytest.mark.parametrize("name", NO_MESSAGES)
def test_what_is_no_message_is_one_line(name: str, zone: str, tmp_path: Path) -> None:
    raw, said = NO_MESSAGES[name]
    run = verify(raw, zone, tmp_path)
    assert (run.code, run.out, run.err.count("\n")) == (2, "", 1)
    assert said in run.err


@pytest.mark.parametrize("file", ["missing.eml", ".", ""])
def test_what_is_no_file_is_one_line(
    file: str, zone: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    run = mailproof("verify", file, "--zone", zone, "--offline")
    assert (run.code, run.out, run.err.count("\n")) == (2, "", 1)
    assert "Traceback" not in run.err


def _nested(depth: int) -> bytes:
    body = b"Content-Type: text/plain\r\n\r\nx\r\n"
    for number in range(depth):
        mark = b"b%d" % number
        body = b"Content-Type: multipart/mixed; boundary=%b\r\n\r\n--%b\r\n%b--%b--\r\n" % (
            mark,
            mark,
            body,
            mark,
        )
    return HEADERS + b"MIME-Version: 1.0\r\n" + body


ODD = {
    "LF only": MESSAGE.replace(b"\r\n", b"\n"),
    "CR only in places": MESSAGE.replace(b"Subject: hi\r\n", b"Subject: h\ri\r\n"),
    "headers only": HEADERS,
    "truncated": HEADERS + b"DKIM-Signature: v=1; a=rsa-sha256; d=acme.example; s=s1;\r\n bh=ab",
    "mbox": b"From ada@acme.example Mon Jan  1 00:00:00 2024\n" + MESSAGE.replace(b"\r\n", b"\n"),
    "byte order mark": b"\xef\xbb\xbf" + MESSAGE,
    "UTF-16": MESSAGE.decode().encode("utf-16"),
    "latin-1": b"From: J\xf6rg <ada@acme.example>\r\nSubject: \xff\xfe\r\n\r\n\xe9\xe8\r\n",
    "NUL": HEADERS + b"X-Nul: a\0b\r\n\r\n\0\r\n",
    "deeply nested": _nested(3000),
    "10,000 headers": HEADERS + b"".join(b"X-%d: v\r\n" % n for n in range(10_000)) + b"\r\nx\r\n",
    "10,000 hops": HEADERS
    + b"Received: from a by b with SMTP; Mon, 01 Jan 2024 00:00:00 +0000\r\n" * 10_000
    + b"\r\n",
    "1,000 signatures": HEADERS
    + b"DKIM-Signature: v=1; a=rsa-sha256; d=d.example; s=s; h=from; bh=YQ==; b=YQ==\r\n" * 1000
    + b"\r\nx\r\n",
    "a line of 5 MB": HEADERS + b"X: " + b"y" * 5_000_000 + b"\r\n\r\nx\r\n",
    "escape sequences": b"From: ada@acme.example\r\nSubject: \x1b]0;owned\x07\x1b[31m\r\n\r\nx\r\n",
}


@pytest.mark.parametrize("name", ODD)
def test_odd_messages_are_judged(name: str, zone: str, tmp_path: Path) -> None:
    run = verify(ODD[name], zone, tmp_path, "--ip", "192.0.2.25", "--mail-from", "ada@acme.example")
    assert run.code in (0, 1, 3), run
    assert run.err == ""
    assert "acme.example" in run.out.splitlines()[0]
    assert "\x1b" not in run.out
    assert "internal" not in run.out
    report = report_of(
        verify(
            ODD[name], zone, tmp_path, "--ip", "192.0.2.25", "--mail-from", "ada@acme.example", "-fjson"
        ).out
    )
    assert report["facts"]["message"]["spf"]["result"] == "pass"
    assert [o for o in report["outcomes"] if o["status"] == "error"] == []


def test_a_message_without_from_is_named_by_its_file(zone: str, tmp_path: Path) -> None:
    run = verify(b"Subject: x\r\nTo: a@b.example\r\n\r\nx\r\n", zone, tmp_path)
    assert run.code == 1
    assert run.out.startswith("✗ Some receivers will reject or junk this message (message.eml)")


def test_standard_input(zone: str) -> None:
    run = mailproof("verify", "-", "--zone", zone, "--offline", "-f", "json", stdin=MESSAGE)
    assert report_of(run.out)["subject"] == "acme.example"
    empty = mailproof("verify", "-", "--zone", zone, "--offline")
    assert (empty.code, empty.err.count("\n")) == (2, 1)


#: Reports the peak memory of this process itself: the system's figure for a child starts at its parent's.
MEASURED = """
import sys
from mailproof.cli.app import main
try:
    main(sys.argv[2:])
finally:
    with open("/proc/self/status") as status, open(sys.argv[1], "w") as file:
        file.write(status.read())
"""


@pytest.mark.parametrize(
    ("octets", "code"), [pytest.param(50_000_000, 1, id="50MB"), pytest.param(130_000_000, 2, id="130MB")]
)
def test_large_messages_are_bounded(octets: int, code: int, zone: str, tmp_path: Path) -> None:
    path = tmp_path / "large.eml"
    signature = (
        b"DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=acme.example; s=s1; h=from;"
        b" bh=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=; b=YQ==\r\n"
    )
    line = b"a line of words  and spaces \t of the usual length that text in mail has, more or less\r\n"
    with path.open("wb") as file:
        file.write(signature + HEADERS + b"\r\n")
        for _ in range(octets // (len(line) * 1000)):
            file.write(line * 1000)
    arguments = ("verify", str(path), "--zone", zone, "--offline")
    out, err = (tmp_path / "out").open("w"), (tmp_path / "err").open("w")
    with out, err:
        process = subprocess.Popen(
            [sys.executable, "-c", MEASURED, str(tmp_path / "status"), *arguments],
            stdout=out,
            stderr=err,
        )
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    said = (tmp_path / "err").read_text()
    peak = int(re.findall(r"VmHWM:\s+(\d+) kB", (tmp_path / "status").read_text())[0])
    assert peak < MOST_MEMORY_KB, f"{peak} KB"
    assert used.ru_utime + used.ru_stime < MOST_CPU_S
    assert process.returncode == code, said
    assert said.count("\n") == (1 if code == 2 else 0)
    assert ("MB" in said) == (code == 2)


def test_a_filter_that_is_not_there_is_incomplete_and_not_clean(zone: str, tmp_path: Path) -> None:
    port = free_port()
    run = verify(
        MESSAGE, zone, tmp_path, "--spamassassin", f"127.0.0.1:{port}", "--select", "MSG03", "-f", "json"
    )
    assert run.code == 3
    report = report_of(run.out)
    (asked,) = report["facts"]["message"]["asked_filters"]
    assert (asked["filter"], asked["verdict"], asked["problem_code"]) == (
        "SpamAssassin",
        "unknown",
        "refused",
    )
    text = verify(MESSAGE, zone, tmp_path, "--spamassassin", f"127.0.0.1:{port}")
    assert f"asked at 127.0.0.1:{port}" in re.sub(r"\s+", " ", text.out)


def test_the_filters_of_the_configuration_are_asked(zone: str, tmp_path: Path) -> None:
    config = tmp_path / "mailproof.toml"
    config.write_text(f'[filters.rspamd]\nurl = "http://127.0.0.1:{free_port()}"\n')
    run = verify(MESSAGE, zone, tmp_path, "--config", str(config), "--select", "MSG032")
    assert run.code == 3
    assert "refuses connections" in re.sub(r"\s+", " ", run.out)


@pytest.mark.parametrize(
    "options", [("--spamassassin", "h:x"), ("--rspamd", "ftp://h"), ("--rspamd", ""), ("--spamassassin", "")]
)
def test_a_filter_that_is_no_place_is_one_line(options: tuple[str, str], zone: str, tmp_path: Path) -> None:
    run = verify(MESSAGE, zone, tmp_path, *options)
    assert (run.code, run.out, run.err.count("\n")) == (2, "", 1)
    assert options[0] in run.err


def test_without_filters_their_code_is_not_loaded(zone: str, tmp_path: Path) -> None:
    path = tmp_path / "message.eml"
    path.write_bytes(MESSAGE)
    code = (
        "import sys\nfrom mailproof.cli.app import main\n"
        f"try: main(['verify', {str(path)!r}, '--zone', {zone!r}, '--offline', '-q'])\n"
        "except SystemExit: pass\n"
        "names = ('mailproof.facts.filters', 'mailproof.cli.filters', 'mailproof.records.rspamd_reply')\n"
        "print([name for name in sys.modules if name.startswith(names)], file=sys.stderr)\n"
    )
    done = subprocess.run((sys.executable, "-c", code), capture_output=True, text=True, check=False)
    assert done.stderr.splitlines()[-1] == "[]"
