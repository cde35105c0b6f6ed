"""mailauth from npm, installed from its lock file under .cache, and its verdicts on messages with our DNS."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mailproof.dns import Answer, Resolver
from tests.support import npm

HERE = Path(__file__).resolve().parent
UNAVAILABLE = "npm could not install mailauth (node 20 or newer is needed): it is not compared"


@dataclass(frozen=True, eq=False)
class Case:
    """One message, with the envelope and the DNS that both get."""

    name: str
    raw: bytes
    resolver: Resolver
    ip: str = ""
    helo: str = ""
    sender: str | None = None


def installed() -> Path | None:
    """The folder that holds node_modules; None if mailauth is unavailable."""
    return npm.installed(HERE, "mailauth")


async def verdicts(folder: Path, cases: Sequence[Case]) -> dict[str, dict[str, Any]]:
    """mailauth's verdict on each message, in order."""
    node = await asyncio.create_subprocess_exec(
        "node",
        str(HERE / "judge.cjs"),
        str(folder),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        limit=1 << 24,
    )
    assert node.stdin
    assert node.stdout
    found: dict[str, dict[str, Any]] = {}
    try:
        for case in cases:
            message = {"name": case.name, "raw": base64.b64encode(case.raw).decode(), "ip": case.ip}
            await _write(node.stdin, {**message, "helo": case.helo, "sender": case.sender})
            while True:
                said = json.loads(await asyncio.wait_for(node.stdout.readline(), 30))
                if "ask" not in said:
                    found[case.name] = said
                    break
                answer = await case.resolver.query(str(said["name"]), str(said["type"]))
                await _write(node.stdin, {"answer": said["ask"], **_plain(answer)})
    finally:
        node.stdin.close()
        await node.wait()
    return found


async def _write(stream: asyncio.StreamWriter, value: dict[str, Any]) -> None:
    stream.write(json.dumps(value).encode() + b"\n")
    await stream.drain()


def _plain(answer: Answer) -> dict[str, Any]:
    """In the format of node's ``dns.resolve``."""
    records: list[Any] = []
    for record in answer.records:
        if answer.rrtype == "TXT":
            records.append([part.decode("utf-8", "replace") for part in record.strings])  # type: ignore[attr-defined] # an rdata of that type
        elif answer.rrtype == "MX":
            exchange = record.exchange.to_text(omit_final_dot=True)  # type: ignore[attr-defined] # an rdata of that type
            records.append({"exchange": exchange, "priority": record.preference})  # type: ignore[attr-defined] # an rdata of that type
        else:
            records.append(record.to_text().rstrip("."))
    return {"status": answer.status, "records": records}
