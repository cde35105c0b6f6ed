"""Query mailproof's LiveResolver inside the client host: JSON in on stdin, JSON out."""

from __future__ import annotations

import asyncio
import json
import sys
from typing import Any

from tests.lab.lab import Lab


def ask(
    lab: Lab,
    *questions: tuple[str, str],
    nameservers: tuple[str, ...] = (),
    validate: bool = False,
    timeout: float = 10.0,
) -> dict[str, dict[str, Any]]:
    """Answers by name: status, secure, reason, records."""
    task = {"nameservers": nameservers, "questions": questions, "validate": validate, "timeout": timeout}
    done = lab.python("-m", "tests.lab.ask", stdin=json.dumps(task))
    assert done.returncode == 0, done.stderr
    answers: dict[str, dict[str, Any]] = json.loads(done.stdout)
    return answers


async def _answer(task: dict[str, Any]) -> dict[str, dict[str, Any]]:
    from mailproof.dns import LiveResolver

    options: dict[str, Any] = {"nameservers": tuple(task["nameservers"]) or None, "timeout": task["timeout"]}
    if task["validate"]:
        options |= {"validate": True, "trust_anchors": _anchors()}
    async with LiveResolver(**options) as resolver:
        questions = [(name, rrtype) for name, rrtype in task["questions"]]
        answers = await asyncio.gather(*(resolver.query(name, rrtype) for name, rrtype in questions))
    return {
        f"{name} {rrtype}": {
            "status": answer.status,
            "secure": answer.secure,
            "reason": answer.reason,
            "records": [record.to_text() for record in answer.records],
        }
        for (name, rrtype), answer in zip(questions, answers, strict=True)
    }


def _anchors() -> Any:
    from mailproof.dns.anchors import TrustAnchors

    with open("/run/lab/zones/dsset-.") as lines:
        return TrustAnchors.from_text(lines)


if __name__ == "__main__":
    print(json.dumps(asyncio.run(_answer(json.load(sys.stdin)))))
