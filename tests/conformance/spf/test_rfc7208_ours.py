"""The whole RFC 7208 suite through our own check_host."""

from __future__ import annotations

import asyncio
import warnings

import pytest

from mailproof.auth.spf import check_host
from tests.conformance.spf.rfc7208_suite import VERSION, Case, load

CASES = load()
UNAVAILABLE = f"the RFC 7208 suite is not there: pip could not fetch pyspf {VERSION}'s source distribution"


async def judge(case: Case) -> str:
    """How our result is wrong, or ""."""
    verdict = await check_host(
        case.host, case.mail_from, case.helo, resolver=case.resolver, receiver="receiver.test"
    )
    if verdict.result not in case.results:
        return f"{verdict.result} ({verdict.reason}), wanted {' or '.join(case.results)}"
    if case.explanation is not None:
        wanted = "" if case.explanation == "DEFAULT" else case.explanation
        if verdict.explanation != wanted:
            return f"explanation {verdict.explanation!r}, wanted {wanted!r}"
    return ""


def test_score(capsys: pytest.CaptureFixture[str]) -> None:
    if not CASES:
        warnings.warn(UNAVAILABLE, stacklevel=1)
        pytest.skip(UNAVAILABLE)
    faults = {case.name: asyncio.run(judge(case)) for case in CASES}
    wrong = {name: fault for name, fault in faults.items() if fault}
    with capsys.disabled():
        print(f"\nRFC 7208 suite, mailproof: {len(faults) - len(wrong)} of {len(faults)}")
    assert not wrong
    assert len(faults) == 203
