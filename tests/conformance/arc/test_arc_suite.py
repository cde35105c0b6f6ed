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
    """Our result; none if it is not a message at all."""
    try:
        return (await verify_arc(read(case.message), case.resolver)).result
    except MessageError:
        return "none"


def test_score(capsys: pytest.CaptureFixture[str]) -> None:
    if not CASES:
        warnings.warn(mail_dkim.UNAVAILABLE, stacklevel=1)
        pytest.skip(mail_dkim.UNAVAILABLE)
    results = {case.name: (case.wanted, asyncio.run(judge(case))) for case in CASES}
    same = sum(wanted == got for wanted, got in results.values())
    today = {name: OUTDATED.get(name, (wanted, ""))[0] for name, (wanted, _) in results.items()}
    wrong = {name: (today[name], got) for name, (_, got) in results.items() if got != today[name]}
    with capsys.disabled():
        print(
            f"\nARC validation suite, mailproof: {len(results) - len(wrong)} of {len(results)} "
            f"by the RFCs of today ({same} as the suite of 2016 wants it, {len(results) - same} argued)"
        )
    assert not wrong
    assert len(results) == 170
