"""The whole ARC validation suite through our own chain validation."""

from __future__ import annotations

import asyncio
import warnings

import pytest

from mailproof.auth.arc import verify_arc
from mailproof.errors import MessageError
from mailproof.message.reader import read
from tests.conformance import mail_dkim
from tests.conformance.arc.arc_suite import OUTDATED, Case, load

CASES = load()


async def judge(case: Case) -> str:
    """Our result. What is no message at all has no chain."""
    try:
        return (await verify_arc(read(case.message), case.resolver)).result
    except MessageError:
        return "none"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
async def test_case(case: Case) -> None:
    wanted, why = OUTDATED.get(case.name, (case.wanted, ""))
    assert await judge(case) == wanted, why


def test_score(capsys: pytest.CaptureFixture[str]) -> None:
    if not CASES:
        warnings.warn(mail_dkim.UNAVAILABLE, stacklevel=1)
        pytest.skip(mail_dkim.UNAVAILABLE)
    results = {case.name: (case.wanted, asyncio.run(judge(case))) for case in CASES}
    same = sum(wanted == got for wanted, got in results.values())
    good = sum(OUTDATED.get(name, (wanted, ""))[0] == got for name, (wanted, got) in results.items())
    with capsys.disabled():
        print(
            f"\nARC validation suite, mailproof: {good} of {len(results)} by the RFCs of today "
            f"({same} as the suite of 2016 wants it, {len(results) - same} argued)"
        )
    assert good == len(results) == 170
