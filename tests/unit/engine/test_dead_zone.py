"""A zone for which all lookups fail: no check passes, with any options."""

from __future__ import annotations

import pytest

from mailproof.dns import Answer
from mailproof.model import Status
from tests.support.engine import audit_async
from tests.support.resolvers import FailingResolver, zone


class Dead:
    """Gives the same answer to every query."""

    def __init__(self, status: Status) -> None:
        self.status = status

    async def query(self, name: str, rrtype: str) -> Answer:
        """See Resolver."""
        return Answer(name.lower().rstrip("."), rrtype.upper(), self.status, server="192.0.2.53:53")


@pytest.mark.parametrize("selectors", [(), ("s1",), ("s1", "s2")])
@pytest.mark.parametrize("status", ["servfail", "timeout", "refused", "bogus"])
async def test_nothing_passes(status: Status, selectors: tuple[str, ...]) -> None:
    report = await audit_async("dead.example", Dead(status), selectors=selectors)
    judged = {outcome.check for outcome in report.outcomes if outcome.status in ("pass", "warn", "fail")}
    assert judged == ({"DNS001"} if status == "bogus" else set())
    assert report.incomplete
    skipped = {outcome.check for outcome in report.outcomes if outcome.status == "skipped"}
    named = {"DKIM001", "DKIM010", "DKIM027"} if selectors else set()
    assert not skipped & {"DNS002", "DNS015", "DNS025", "DKIM002", *named}


async def test_a_selector_of_a_dead_zone_is_unknown_beside_a_live_one() -> None:
    world = "$ORIGIN acme.example.\n@ IN A 192.0.2.1\ns1._domainkey IN TXT x\n"
    resolver = FailingResolver(zone(world), {("s1._domainkey.acme.example", "TXT"): "servfail"})
    report = await audit_async("acme.example", resolver, selectors=("s1",))
    states = {outcome.check: outcome.status for outcome in report.outcomes}
    assert (states["DKIM001"], states["DKIM002"]) == ("unknown", "unknown")
