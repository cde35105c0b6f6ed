"""Rspamd's password: over plain http it is sent only to this machine."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from mailproof.config.urls import is_loopback


@pytest.mark.parametrize("allowed", [False, True], ids=["refused", "allowed"])
def test_rspamds_password_over_http_to_another_machine(allowed: bool, tmp_path: Path) -> None:
    """In a network namespace in which 192.0.2.1 is this machine but not loopback."""
    script = tmp_path / "world.py"
    script.write_text(ANOTHER_MACHINE)
    inside = (
        f"ip link set lo up && ip addr add 192.0.2.1/32 dev lo && exec {sys.executable} {script} {allowed}"
    )
    run = subprocess.run(["unshare", "-n", "sh", "-c", inside], capture_output=True, text=True, timeout=60)
    if run.returncode and "unshare" in run.stderr:
        pytest.skip(f"no network namespace here: {run.stderr.strip()}")
    assert run.returncode == 0, run.stderr
    facts, head, text = json.loads(run.stdout)
    assert (facts["verdict"], facts["password_in_clear"]) == (
        ("clean", True) if allowed else ("unknown", False)
    )
    assert ("Password: " in head) is allowed
    assert ("the password was sent to it without encryption" in text) is allowed
    assert ("the password and the message were not sent" in text) is not allowed
    assert facts["problem_code"] == ("" if allowed else "login")


ANOTHER_MACHINE = """
import asyncio, json, sys
import mailproof
from mailproof.config import Credential, FilterSettings, RspamdSettings
from mailproof.dns import ZoneResolver
from mailproof.render.json import to_plain
from mailproof.render.text import render_text

heads = []
BODY = b'{"action":"no action","score":1,"required_score":15,"symbols":{}}'

async def serve(reader, writer):
    heads.append((await reader.readuntil(b"\\r\\n\\r\\n")).decode())
    writer.write(b"HTTP/1.1 200 OK\\r\\nContent-Length: %d\\r\\n\\r\\n" % len(BODY) + BODY)
    await writer.drain()
    writer.close()

async def main():
    server = await asyncio.start_server(serve, "192.0.2.1", 0)
    url = f"http://192.0.2.1:{server.sockets[0].getsockname()[1]}"
    settings = RspamdSettings(url, Credential.of("controller"), allow_plaintext_auth=sys.argv[1] == "True")
    report = await mailproof.verify_async(
        b"From: a@acme.example\\n\\nx\\n",
        resolver=ZoneResolver.from_text("@ 60 IN MX 0 .\\n", origin="acme.example"),
        filters=FilterSettings(rspamd=settings),
    )
    asked = report.facts.message.asked_filters[0]
    print(json.dumps([to_plain(asked), "".join(heads), " ".join(render_text(report).split())]))

asyncio.run(main())
"""


@pytest.mark.parametrize(
    ("address", "within"),
    [
        ("127.0.0.1", True),
        ("127.9.9.9", True),
        ("::1", True),
        ("::ffff:127.0.0.1", True),
        ("192.0.2.1", False),
        ("fe80::1%eth0", False),
        ("::ffff:192.0.2.1", False),
    ],
)
def test_what_is_loopback(address: str, within: bool) -> None:
    assert is_loopback(address) is within
