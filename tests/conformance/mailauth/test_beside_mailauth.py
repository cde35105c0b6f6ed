"""Compares every verdict with mailauth's; each difference has an explanation."""

from __future__ import annotations

import asyncio
import warnings
from collections import Counter

import pytest

from tests.conformance.mailauth.differential import ARGUED, disagreements, explanation
from tests.conformance.mailauth.peer import UNAVAILABLE, installed


@pytest.mark.timeout(240)
def test_every_disagreement_is_explained(capsys: pytest.CaptureFixture[str]) -> None:
    folder = installed()
    if folder is None:
        warnings.warn(UNAVAILABLE, stacklevel=1)
        pytest.skip(UNAVAILABLE)
    found, compared = asyncio.run(disagreements(folder))
    reasons = Counter(explanation(difference) for difference in found)
    with capsys.disabled():
        print(f"\nBeside mailauth 7.1.0: {compared - len(found)} of {compared} results are the same")
        for reason, count in sorted(reasons.items()):
            print(f"  {count:3} {reason}")
    assert [difference for difference in found if not explanation(difference)] == []
    assert compared > 150
    if compared > 400:  # the public suites were available
        assert {(d.name, d.method) for d in found} >= set(ARGUED)
