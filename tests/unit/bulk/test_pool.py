"""The pool with workers that misbehave; those of the commands are in tests/e2e."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import msgspec
import pytest

from mailproof.bulk import pool as pool_module
from mailproof.bulk.mailbox import Message, MessageOrders, MessagePool, Verified
from mailproof.mail.saved import SavedMessage

#: Answers each item with its source; never again after the source "hang", without reading on.
WORKER = """
import json, sys, time
sys.stdin.readline()
print("ready", flush=True)
for line in sys.stdin:
    item = json.loads(line)
    source = item["saved"]["source"]
    if source == "hang":
        time.sleep(600)
    row = {"row": {"source": source, "verdict": "pass", "complete": True}}
    print(json.dumps({"line": item["line"], "row": row}), flush=True)
"""


@pytest.fixture(name="pool")
def _pool(monkeypatch: pytest.MonkeyPatch) -> Iterator[MessagePool]:
    monkeypatch.setattr(pool_module, "HANGS_S", 0.3)
    with closing(MessagePool(2, MessageOrders(limit=0.1), ("-c", WORKER))) as made:
        yield made


def verified(pool: MessagePool, messages: list[SavedMessage]) -> list[Verified]:
    return list(pool.verify(messages, lambda: False))


def test_a_worker_that_hangs_costs_its_message_alone(pool: MessagePool) -> None:
    """Its process is killed, and its other messages are given to another; the third time it is reported."""
    names = ["a", "b", "c", "hang", *(f"m{number}" for number in range(20))]
    found = verified(pool, [SavedMessage(name, b"x") for name in names])
    assert [each.row.source for each in found] == names
    assert [each.row.source for each in found if each.row.verdict == "error"] == ["hang"]
    assert "3 worker processes died" in found[3].row.reason


def test_a_worker_that_does_not_read_blocks_no_one(pool: MessagePool) -> None:
    """Its pipe has room for 64 KB; the rest waits here until the worker reads or is killed."""
    large = [SavedMessage(f"m{number}", b"x" * 100_000) for number in range(20)]
    found = verified(pool, [*large[:4], SavedMessage("hang", b""), *large[4:]])
    assert [each.row.source for each in found if each.row.verdict == "error"] == ["hang"]
    assert len(found) == 21


def test_a_large_item_arrives_whole(pool: MessagePool) -> None:
    raw = bytes(range(256)) * 20_000
    pool.give(Message(1, SavedMessage("large", raw)))
    rows: list[bytes] = []
    while not rows:
        rows = [row for _, row in pool.results(1.0)]
    assert msgspec.json.decode(rows[0], type=Verified).row.source == "large"
