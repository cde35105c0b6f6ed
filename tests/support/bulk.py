"""Common set-up for the tests of mailproof bulk: a zone, a list, and runs in separate processes."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

ZONE = """$TTL 3600
$ORIGIN example.
@ SOA ns1.example. host.example. 1 7200 3600 1209600 300
@ NS ns1
ns1 A 192.0.2.53
good TXT "v=spf1 ip4:192.0.2.0/24 -all"
good MX 10 mx.good
mx.good A 192.0.2.25
_dmarc.good TXT "v=DMARC1; p=reject; rua=mailto:d@good.example"
s1._domainkey.good TXT "v=DKIM1; p="
bad TXT "v=spf1 +all"
bad MX 10 mx.good
closed MX 0 .
bare A 192.0.2.25
"""


OFFLINE = ("--zone", "z.zone", "--offline", "--workers", "1")


def rows(path: str = "out.jsonl") -> list[dict[str, Any]]:
    return [json.loads(line) for line in Path(path).read_text().splitlines()]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("z.zone").write_text(ZONE)
    Path("list.txt").write_text("good.example\nbad.example\nnone.example\ngood.example\na b\n")
    return tmp_path


def started(silent: str, *more: str, **options: Any) -> subprocess.Popen[str]:
    arguments = ("bulk", "many.txt", "-o", "out.jsonl", "--nameserver", silent, "--timeout", "1.5", *more)
    return subprocess.Popen(
        [sys.executable, "-m", "mailproof", *arguments, "--workers", "2", "--at-once", "10"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        **options,
    )


def many(number: int) -> Counter[str]:
    names = [f"d{each}.example" for each in range(number)]
    Path("many.txt").write_text("\n".join(names))
    return Counter(names)


def workers_of(pid: int) -> list[int]:
    children = Path(f"/proc/{pid}/task/{pid}/children")
    return [int(each) for each in children.read_text().split()]


def runs(pid: int) -> bool:
    """Whether the process runs; an ended one may remain a zombie if nothing adopts and reaps it."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def wait_for_workers(run: subprocess.Popen[str]) -> list[int]:
    for _ in range(200):
        found = workers_of(run.pid)
        if len(found) == 2:
            return found
        time.sleep(0.05)
    raise AssertionError("no workers")
