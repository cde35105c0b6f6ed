"""Which server is queried first, and how long an unresponsive one is avoided."""

from __future__ import annotations

import time

from mailproof.dns.live.miss import Miss
from mailproof.dns.live.nameserver import parse_nameserver
from mailproof.dns.live.state import ServerState, in_order

SILENT = Miss("timeout", "no answer")
CLOSED = Miss("no-way", "connection refused")


def two() -> tuple[ServerState, ServerState]:
    first, second = (ServerState(parse_nameserver(text)) for text in ("192.0.2.1", "192.0.2.2"))
    first.answered = second.answered = True
    return first, second


def wake(state: ServerState) -> None:
    state.rests_until = min(state.rests_until, time.monotonic())


def test_one_lost_datagram_changes_nothing() -> None:
    first, second = two()
    first.note_miss(SILENT, time.monotonic())
    assert in_order((first, second)) == [first, second]


def test_two_in_a_row_or_a_closed_port_put_it_last() -> None:
    for misses in ((SILENT, SILENT), (CLOSED,)):
        first, second = two()
        for miss in misses:
            first.note_miss(miss, time.monotonic())
        assert in_order((first, second)) == [second, first]


def test_those_in_flight_count_once() -> None:
    first, _ = two()
    asked = time.monotonic()
    for _ in range(1000):
        first.note_miss(CLOSED, asked)
    assert first.misses == 1
    assert first.rests_until - time.monotonic() < 4


def test_after_its_rest_one_question_tries_it() -> None:
    first, second = two()
    first.note_miss(CLOSED, time.monotonic())
    wake(first)
    assert in_order((first, second)) == [first, second]
    assert in_order((first, second)) == [second, first]


def test_a_failed_trial_makes_the_rest_longer_and_an_answer_ends_it() -> None:
    first, second = two()
    first.note_miss(CLOSED, time.monotonic())
    wake(first)
    in_order((first, second))
    before = time.monotonic()
    first.note_miss(CLOSED, time.monotonic())
    assert before + 4 < first.rests_until < time.monotonic() + 7
    first.note_answer()
    assert in_order((first, second)) == [first, second]
    assert in_order((first, second)) == [first, second]


def test_the_rest_has_a_bound() -> None:
    first, second = two()
    for _ in range(30):
        wake(first)
        first.note_miss(CLOSED, time.monotonic())
    assert first.rests_until - time.monotonic() <= 60
    assert in_order((second,)) == [second]
