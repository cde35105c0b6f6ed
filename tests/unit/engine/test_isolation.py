"""A failing part affects only its own outcome; unknown is never reported as missing."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable

import pytest

from mailproof.checks.base import Check, NotApplicable, Reporter, Undetermined
from mailproof.dns import Answer
from mailproof.engine.judge import judge
from mailproof.facts.stop import Stop
from mailproof.model import CollectorFailure, DomainFacts, Rule, Severity, Status
from mailproof.structs import replace
from tests.support.engine import audit_async
from tests.support.resolvers import FailingResolver, zone

WORLD = """
$ORIGIN acme.example.
@ 60 IN SOA ns1 h 1 1 1 1 1
@ 60 IN NS ns1
@ 60 IN MX 10 mx1
mx1 60 IN A 192.0.2.1
@ 60 IN TXT "v=spf1 mx -all"
_dmarc 60 IN TXT "v=DMARC1; p=reject"
s1._domainkey 60 IN TXT "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="
"""
RULE = Rule("TEST001", "A test", Severity.ERROR, "spf", ())
Run = Callable[[DomainFacts, Reporter], None]


def check_of(run: Run, rule: Rule = RULE) -> Check[DomainFacts]:
    return Check(rule, run, "")


def one_finding(_facts: DomainFacts, report: Reporter) -> None:
    report("found")


def finding_then_unknown(_facts: DomainFacts, report: Reporter) -> None:
    report("found", severity=Severity.INFO)
    raise Undetermined("the rest timed out")


def crashes(_facts: DomainFacts, report: Reporter) -> None:
    report("found")
    raise ZeroDivisionError("a fault of ours")


def nothing_to_judge(_facts: DomainFacts, report: Reporter) -> None:
    raise NotApplicable("no record")


@pytest.mark.parametrize(
    ("run", "status", "reason", "count"),
    [
        (one_finding, "fail", "", 1),
        (finding_then_unknown, "unknown", "the rest timed out", 1),
        (crashes, "error", "ZeroDivisionError: a fault of ours", 1),
        (nothing_to_judge, "skipped", "no record", 0),
    ],
)
def test_each_end_of_a_check(run: Run, status: str, reason: str, count: int) -> None:
    (outcome,) = judge((check_of(run),), DomainFacts("acme.example"), "acme.example")
    assert (outcome.status, outcome.reason, len(outcome.findings)) == (status, reason, count)


@pytest.mark.parametrize(("unknown", "status"), [(True, "unknown"), (False, "error")])
def test_a_failed_collector_costs_its_topic_alone(unknown: bool, status: str) -> None:
    other = replace(RULE, id="TEST002", topic="dmarc")
    facts = DomainFacts("acme.example", failures=(CollectorFailure("spf", "why", unknown),))
    first, second = judge(
        (check_of(one_finding), check_of(nothing_to_judge, other)), facts, "acme.example", facts.failures
    )
    assert (first.status, first.reason, first.findings) == (status, "why", ())
    assert second.status == "skipped"


class CrashingResolver:
    """Raises an exception, as no resolver should, for one record type."""

    def __init__(self, rrtype: str) -> None:
        self.rrtype, self.inner = rrtype, zone(WORLD)

    async def query(self, name: str, rrtype: str) -> Answer:
        if rrtype == self.rrtype:
            raise OSError("the wire broke")
        return await self.inner.query(name, rrtype)


async def test_a_crash_in_one_collector_leaves_the_others() -> None:
    result = await audit_async("acme.example", CrashingResolver("MX"), selectors=("s1",))
    by_check = {outcome.check: outcome for outcome in result.outcomes}
    assert by_check["MX001"].status == "error"
    assert "the wire broke" in by_check["MX001"].reason
    assert by_check["DMARC001"].status == "pass"
    assert result.incomplete


@pytest.mark.parametrize("status", ["servfail", "timeout", "refused", "bogus"])
@pytest.mark.parametrize(
    ("name", "rrtype", "rule"),
    [
        ("acme.example", "TXT", "SPF001"),
        ("_dmarc.acme.example", "TXT", "DMARC001"),
        ("acme.example", "MX", "MX001"),
        ("s1._domainkey.acme.example", "TXT", "DKIM001"),
        ("acme.example", "SOA", "DOM002"),
    ],
)
async def test_dns_trouble_is_unknown_and_never_missing(
    status: Status, name: str, rrtype: str, rule: str
) -> None:
    failures = {(name, rrtype): status}
    result = await audit_async("acme.example", FailingResolver(zone(WORLD), failures), selectors=("s1",))
    outcome = next(each for each in result.outcomes if each.check == rule)
    assert outcome.status == "unknown", outcome
    assert outcome.reason
    assert not [f for f in result.findings if f.rule == rule]


class SlowResolver:
    """Answers immediately, except for one name, which it never answers."""

    def __init__(self, slow: str) -> None:
        self.slow, self.inner = slow, zone(WORLD)

    async def query(self, name: str, rrtype: str) -> Answer:
        if name == self.slow:
            await asyncio.sleep(3600)
        return await self.inner.query(name, rrtype)


async def test_time_limit_keeps_what_was_found() -> None:
    result = await audit_async("acme.example", SlowResolver("_dmarc.acme.example"), limit=1.0)
    by_check = {outcome.check: outcome for outcome in result.outcomes}
    assert by_check["SPF001"].status == "pass"
    assert by_check["DMARC001"].status == "unknown"
    assert "time limit of 1 s" in by_check["DMARC001"].reason
    assert not result.interrupted


async def test_interrupt_keeps_what_was_found() -> None:
    stop = Stop()
    asyncio.get_running_loop().call_later(1.0, stop.interrupt)
    result = await audit_async("acme.example", SlowResolver("_dmarc.acme.example"), stop=stop)
    assert result.interrupted
    assert result.incomplete
    assert {o.check: o.status for o in result.outcomes}["SPF001"] == "pass"


async def test_an_audit_from_a_zone_opens_no_socket() -> None:
    import mailproof.adapters.checkdmarc  # noqa: F401 - its libraries look at socket while imported

    def forbidden(*_arguments: object, **_options: object) -> None:
        raise AssertionError("a socket was opened")

    with pytest.MonkeyPatch.context() as patch:  # undone before teardown: the next event loop needs sockets
        patch.setattr(socket, "socket", forbidden)
        patch.setattr(socket, "getaddrinfo", forbidden)
        result = await audit_async("acme.example", zone(WORLD), selectors=("s1",), second_opinion=True)
    assert not [outcome for outcome in result.outcomes if outcome.status == "error"]
    assert result.facts.dns is not None
    assert result.facts.dns.second_opinions


async def test_each_question_is_asked_once() -> None:
    resolver = FailingResolver(zone(WORLD), {})
    await audit_async("acme.example", resolver, selectors=("s1",))
    assert len(resolver.asked) == len(set(resolver.asked))
