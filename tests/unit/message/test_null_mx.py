"""MSG029 if the lookup of the sending domain's MX failed, and the receivers' table."""

from __future__ import annotations

import pytest

from mailproof.model import Status
from tests.rules.generate_failures import GOOD, SIGNED, null_mx
from tests.support.engine import verify_async
from tests.support.resolvers import FailingResolver, zone


@pytest.mark.parametrize("status", ["servfail", "timeout", "refused", "bogus"])
async def test_no_answer_is_unknown(status: Status) -> None:
    resolver = FailingResolver(zone(GOOD), {("acme.example", "MX"): status})
    report = await verify_async(SIGNED, resolver=resolver)
    (outcome,) = (each for each in report.outcomes if each.check == "MSG029")
    assert outcome.status == "unknown"
    assert "MX acme.example" in outcome.reason


@pytest.mark.parametrize(("records", "state"), [(GOOD, "met"), (null_mx(), "not met")])
async def test_yahoos_table(records: str, state: str) -> None:
    report = await verify_async(SIGNED, resolver=zone(records))
    assert report.facts.message is not None
    (yahoo,) = (each for each in report.facts.message.receivers if each.receiver == "yahoo")
    (told,) = (each for each in yahoo.requirements if each.id == "no-null-mx")
    assert told.state == state
