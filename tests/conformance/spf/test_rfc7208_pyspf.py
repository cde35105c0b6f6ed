"""The whole RFC 7208 suite through pyspf over our resolver."""

from __future__ import annotations

import asyncio
import warnings

import pytest

from mailproof.adapters.pyspf import check_host_pyspf
from tests.conformance.spf.rfc7208_suite import VERSION, Case, load


async def judge(case: Case) -> str:
    verdict = await check_host_pyspf(
        case.host, case.mail_from, case.helo, resolver=case.resolver, receiver="receiver.test"
    )
    if verdict.result not in case.results:
        return f"{verdict.result} ({verdict.reason}), wanted {' or '.join(case.results)}"
    wanted = "" if case.explanation == "DEFAULT" else case.explanation
    if wanted is not None and verdict.explanation != wanted:
        return f"explanation {verdict.explanation!r}, wanted {wanted!r}"
    return ""


def test_score(capsys: pytest.CaptureFixture[str]) -> None:
    cases = load()
    if not cases:
        reason = f"the RFC 7208 suite is not there: pip could not fetch pyspf {VERSION}'s source distribution"
        warnings.warn(reason, stacklevel=1)
        pytest.skip(reason)
    faults = {case.name: asyncio.run(judge(case)) for case in cases}
    wrong = {name: fault for name, fault in faults.items() if fault}
    with capsys.disabled():
        print(f"\nRFC 7208 suite, pyspf through the adapter: {len(faults) - len(wrong)} of {len(faults)}")
    assert not wrong
    assert len(faults) == 203
