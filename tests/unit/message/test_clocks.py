"""Slow hops, and the host whose clock is wrong."""

from __future__ import annotations

import pytest

from mailproof.model.clocks import hop_faults
from mailproof.records.received import chain


@pytest.mark.parametrize(
    ("times", "faults"),
    [
        (["12:00", "12:01", "12:02"], ["", "", ""]),
        (["12:00", "12:10"], ["", "slow 600"]),
        (["12:00", "-", "12:10"], ["", "", "slow 600"]),
        (["12:00", "11:50"], ["", "apart 600"]),  # nothing shows which of the two is wrong
        (["12:00", "18:00", "12:01"], ["", "ahead 21540", ""]),
        (["18:00", "12:00", "12:01"], ["ahead 21600", "", ""]),
        (["12:00", "06:00", "12:01"], ["", "behind 21600", ""]),
        (["12:00", "18:00", "12:10", "12:11"], ["", "ahead 21000", "", ""]),
        (["12:00", "06:00", "12:10"], ["", "behind 21600", "slow 600"]),
        (["12:00", "12:01", "06:00"], ["", "", "behind 21660"]),
    ],
)
def test_the_odd_hops(times: list[str], faults: list[str]) -> None:
    received = chain(
        f"from a by b; {'' if time == '-' else f'Mon, 23 Nov 2026 {time}:00 +0000'}"
        for time in reversed(times)
    )
    found = [f"{fault} {seconds:.0f}" if fault else "" for fault, seconds in hop_faults(received)]
    assert found[::-1] == faults
