"""Messages in worker processes: the order of the results, and how many are in flight."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest

from mailproof.bulk.mailbox import MessageOrders, MessagePool
from mailproof.mail.saved import SavedMessage

#: Returns its messages in reverse order, and crashes on any called "dead".
WORKER = """
import json, sys
room = json.loads(sys.stdin.readline())["at_once"]
held = []
for line in sys.stdin:
    held.append(json.loads(line))
    if held[-1]["saved"]["source"] == "dead":
        sys.exit(9)
    if len(held) == room:
        for each in reversed(held):
            row = {"row": {"source": each["saved"]["source"], "verdict": "pass"}, "code": 0}
            print(json.dumps({"line": each["line"], "row": row}), flush=True)
        held = []
"""


def saved(*names: str) -> Iterator[SavedMessage]:
    return (SavedMessage(name, b"x" * 100) for name in names)


def results(names: str, *, at_once: int = 1, stop_after: int = 99) -> list[str]:
    found: list[str] = []
    with closing(MessagePool(2, MessageOrders(at_once=at_once), ("-c", WORKER))) as pool:
        for each in pool.verify(saved(*names.split()), lambda: len(found) >= stop_after):
            found.append(f"{each.row.source} {each.row.verdict} {each.code}")
    return found


def test_they_come_in_the_order_of_the_messages() -> None:
    names = [f"m{number}" for number in range(6)]  # as many as two processes hold: each waits for three
    assert results(" ".join(names), at_once=3) == [f"{name} pass 0" for name in names]


def test_a_message_that_no_process_survives_costs_its_own_line() -> None:
    assert results("a dead b") == ["a pass 0", "dead error 3", "b pass 0"]


def test_it_ends_when_it_is_stopped() -> None:
    assert results("a b c d", stop_after=2) == ["a pass 0", "b pass 0"]


def test_large_messages_are_not_all_in_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mailproof.bulk.mailbox.MOST_IN_HAND", 100)
    given = []

    def one_by_one() -> Iterator[SavedMessage]:
        for each in saved("a", "b", "c"):
            given.append(each.source)
            yield each

    with closing(MessagePool(2, MessageOrders(at_once=1), ("-c", WORKER))) as pool:
        for number, _ in enumerate(pool.verify(one_by_one(), lambda: False), 1):
            assert len(given) == number
