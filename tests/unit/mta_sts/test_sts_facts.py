"""MTA-STS and TLS reporting facts, from zones and from a server on loopback, and the rules' results."""

from __future__ import annotations

import ssl
from pathlib import Path

import pytest

from mailproof.checks import registry
from mailproof.checks.mta_sts._facts import next_id
from mailproof.dns import MemoResolver
from mailproof.engine.judge import judge
from mailproof.facts.domain import DomainOptions, collect_domain
from mailproof.facts.mta_sts import collect_mta_sts
from mailproof.facts.tls_rpt import collect_tls_rpt
from mailproof.model import (
    CollectorFailure,
    DomainFacts,
    MtaStsFacts,
    MxConnectionFacts,
    Outcome,
    Status,
    TlsFacts,
    TransportFacts,
)
from mailproof.structs import replace
from tests.support import httpsserver as web
from tests.support.resolvers import FailingResolver, zone
from tests.support.tls import Authority

PATH = "/.well-known/mta-sts.txt"
POLICY = b"version: STSv1\r\nmode: enforce\r\nmx: *.acme.example\r\nmax_age: 2592000\r\n"
WORLD = """$ORIGIN acme.example.
@ 3600 IN MX 10 mx1
mx1 3600 IN A 192.0.2.25
_mta-sts 3600 IN TXT "v=STSv1; id=20261101"
mta-sts 3600 IN A 127.0.0.1
_smtp._tls 3600 IN TXT "v=TLSRPTv1; rua=mailto:tls@acme.example"
"""
COLLECTORS = ("mx", "wildcard", "mta_sts", "tls_rpt", "misplaced")


@pytest.fixture(scope="module")
def context(authority: Authority) -> ssl.SSLContext:
    return authority.issue("mta-sts.acme.example").context()


async def collected(
    authority: Authority,
    context: ssl.SSLContext,
    answer: web.Answer,
    world: str = WORLD,
    failures: dict[tuple[str, str], Status] | None = None,
) -> DomainFacts:
    async with web.https_server(context, {PATH: answer}) as server:
        transport = web.to(server.port, authority)
        options = DomainOptions(collectors=COLLECTORS, transport=transport)
        resolver = MemoResolver(FailingResolver(zone(world), failures or {}))
        return await collect_domain("acme.example", resolver, options)


def sts_of(facts: DomainFacts) -> MtaStsFacts:
    assert facts.mta_sts is not None
    return facts.mta_sts


def judged(facts: DomainFacts) -> dict[str, Outcome]:
    outcomes = judge(registry.of_topics("mta_sts", "tls_rpt"), facts, facts.domain, facts.failures)
    return {outcome.check: outcome for outcome in outcomes}


async def test_a_domain_that_does_it_right(authority: Authority, context: ssl.SSLContext) -> None:
    facts = await collected(authority, context, web.page(POLICY))
    sts = sts_of(facts)
    assert sts.policy is not None
    assert (sts.policy.mode, sts.policy.valid, sts.not_fetched) == ("enforce", True, "")
    outcomes = judged(facts)
    expected = {"STS011": "skipped"}  # mail hosts were not a selected topic
    assert {rule: o.status for rule, o in outcomes.items() if o.status != "pass"} == expected


def answered(tls: TlsFacts) -> MxConnectionFacts:
    return MxConnectionFacts("mx1", "192.0.2.25", state="answered", starttls=True, tls=tls)


@pytest.mark.parametrize(
    ("connection", "status"),
    [
        (MxConnectionFacts("mx1", "192.0.2.25", state="timeout", reason="no answer"), "skipped"),
        (MxConnectionFacts("mx1", "192.0.2.25", state="answered", starttls=False), "fail"),
        (answered(TlsFacts(verified=False)), "fail"),
        (answered(TlsFacts(verified=True)), "pass"),
    ],
)
async def test_the_hosts_themselves_against_the_policy(
    authority: Authority, context: ssl.SSLContext, connection: MxConnectionFacts, status: str
) -> None:
    facts = await collected(authority, context, web.page(POLICY))
    seen = TransportFacts(connected=True, connections=(connection,))
    assert judged(replace(facts, transport=seen))["STS011"].status == status
    failed = replace(facts, failures=(CollectorFailure("transport", "stopped early", unknown=True),))
    assert judged(failed)["STS011"].status == "unknown"
    silent = MxConnectionFacts("mx1", "2001:db8::25", state="unreachable", reason="no route")
    both = replace(facts, transport=TransportFacts(connected=True, connections=(silent, connection)))
    assert judged(both)["STS011"].status == status  # as on a machine without IPv6
    idle = replace(facts, transport=TransportFacts(reason="no connections were made"))
    assert judged(idle)["STS011"].status == "skipped"


@pytest.mark.parametrize(
    ("answer", "failing"),
    [
        (web.status(404), "STS007"),
        (web.status(301, "Location: https://www.acme.example/mta-sts.txt\r\n"), "STS007"),
        (web.endless(), "STS007"),
        (web.page(b"<html>"), "STS009"),
        (web.page(POLICY.replace(b"*.", b"*.mail.")), "STS010"),
        (web.page(POLICY.replace(b"max_age: 2592000\r\n", b"")), "STS009"),
        (web.page(POLICY + b"\xff\xfe: \x00\r\n"), "STS009"),
    ],
)
async def test_faults_found_over_the_wire(
    authority: Authority, context: ssl.SSLContext, answer: web.Answer, failing: str
) -> None:
    outcomes = judged(await collected(authority, context, answer))
    assert [rule for rule, o in outcomes.items() if o.status in ("fail", "warn")] == [failing]


async def test_a_certificate_that_passes_only_without_strictness(tmp_path: Path) -> None:
    careless = Authority(tmp_path, careless=True)
    context = careless.issue("mta-sts.acme.example").context()
    facts = await collected(careless, context, web.page(POLICY))
    outcomes = judged(facts)
    assert (outcomes["STS007"].status, outcomes["STS008"].status) == ("pass", "pass")
    (finding,) = outcomes["STS020"].findings
    assert "CN=mta-sts.acme.example: it has no authority key identifier" in finding.evidence
    sts = sts_of(facts)
    assert sts.fetch is not None
    for fetched, status in (
        (replace(sts.fetch, strict_faults=None), "unknown"),
        (replace(sts.fetch, kind="certificate", strict_faults=None), "skipped"),
        (replace(sts.fetch, kind="refused", chain=(), strict_faults=None), "skipped"),
    ):
        assert judged(replace(facts, mta_sts=replace(sts, fetch=fetched)))["STS020"].status == status


async def test_a_certificate_for_another_host(authority: Authority) -> None:
    wrong = authority.issue("www.acme.example", stem="wrong").context()
    outcomes = judged(await collected(authority, wrong, web.page(POLICY)))
    assert [rule for rule, o in outcomes.items() if o.status in ("fail", "warn")] == ["STS008"]
    (finding,) = outcomes["STS008"].findings
    assert any("for www.acme.example" in line for line in finding.evidence)


async def test_a_testing_policy_only_warns_of_a_missing_host(
    authority: Authority, context: ssl.SSLContext
) -> None:
    body = POLICY.replace(b"enforce", b"testing").replace(b"*.", b"other.")
    outcomes = judged(await collected(authority, context, web.page(body)))
    assert outcomes["STS010"].status == "warn"


async def test_a_slow_policy_host_leaves_all_that_it_decides_unknown(
    authority: Authority, context: ssl.SSLContext
) -> None:
    async with web.https_server(context, {PATH: web.raw(b"", pause=5)}) as server:
        transport = web.to(server.port, authority, 0.4)
        options = DomainOptions(collectors=COLLECTORS, transport=transport)
        facts = await collect_domain("acme.example", MemoResolver(zone(WORLD)), options)
    outcomes = judged(facts)
    assert {rule for rule, o in outcomes.items() if o.status in ("fail", "warn")} == set()
    assert {outcomes[f"STS{n:03}"].status for n in (7, 8, 9, 10, 12, 14, 18)} == {"unknown"}


@pytest.mark.parametrize("status", ["servfail", "timeout", "refused", "bogus"])
async def test_a_record_that_could_not_be_looked_up_is_not_missing(status: Status) -> None:
    resolver = FailingResolver(zone(WORLD), {("_mta-sts.acme.example", "TXT"): status})
    options = DomainOptions(collectors=COLLECTORS)
    facts = await collect_domain("acme.example", MemoResolver(resolver), options)
    outcomes = judged(facts)
    assert {outcomes[rule].status for rule in ("STS001", "STS002", "STS003", "STS006")} == {"unknown"}
    assert not any(o.findings for o in outcomes.values())


@pytest.mark.parametrize("rrtype", ["A", "AAAA"])
async def test_a_policy_host_that_could_not_be_looked_up_is_not_missing(rrtype: str) -> None:
    there = "mta-sts 3600 IN TXT x\n" if rrtype == "AAAA" else ""  # nonexistent: queried once
    world = WORLD.replace("mta-sts 3600 IN A 127.0.0.1\n", there)
    resolver = FailingResolver(zone(world), {("mta-sts.acme.example", rrtype): "servfail"})
    facts = await collect_domain("acme.example", MemoResolver(resolver), DomainOptions(collectors=COLLECTORS))
    assert judged(facts)["STS006"].status == "unknown"
    facts = await collect_domain(
        "acme.example", MemoResolver(zone(world)), DomainOptions(collectors=COLLECTORS)
    )
    assert judged(facts)["STS006"].status == "warn"


async def test_unknown_mail_hosts_leave_the_match_unknown(
    authority: Authority, context: ssl.SSLContext
) -> None:
    facts = await collected(
        authority, context, web.page(POLICY), failures={("acme.example", "MX"): "servfail"}
    )
    outcomes = judged(facts)
    assert (outcomes["STS010"].status, outcomes["STS001"].status) == ("unknown", "unknown")


async def test_nothing_is_fetched_without_leave() -> None:
    sts = await collect_mta_sts("acme.example", zone(WORLD))
    assert (sts.fetch, sts.policy) == (None, None)
    assert "no connections" in sts.not_fetched
    facts = await collect_domain(
        "acme.example", MemoResolver(zone(WORLD)), DomainOptions(collectors=COLLECTORS)
    )
    assert judged(facts)["STS007"].status == "skipped"


async def test_a_null_mx_needs_no_policy() -> None:
    world = "$ORIGIN acme.example.\n@ IN MX 0 .\n"
    facts = await collect_domain(
        "acme.example", MemoResolver(zone(world)), DomainOptions(collectors=COLLECTORS)
    )
    assert judged(facts)["STS001"].status == "skipped"
    assert judged(facts)["TLSRPT001"].status == "skipped"


async def test_other_txt_records_at_the_name_do_no_harm() -> None:
    world = WORLD + '_mta-sts 3600 IN TXT "v=spf1 -all"\n_mta-sts 3600 IN TXT "verify=1"\n'
    sts = await collect_mta_sts("acme.example", zone(world))
    assert (len(sts.records), len(sts.other_txt), sts.record is not None) == (1, 2, True)


@pytest.mark.parametrize(
    ("more", "takes_mail"),
    [
        ("$ORIGIN r.test.\n@ IN MX 10 mx\n", True),
        ("$ORIGIN r.test.\n@ IN MX 0 .\n", False),
        ("$ORIGIN r.test.\n@ IN A 192.0.2.9\n", True),
        ("$ORIGIN r.test.\n@ IN TXT x\n", False),
        ("", False),
    ],
)
async def test_whether_a_report_mailbox_takes_mail(more: str, takes_mail: bool) -> None:
    world = '$ORIGIN acme.example.\n_smtp._tls IN TXT "v=TLSRPTv1; rua=mailto:a@r.test"\n' + more
    (found,) = (await collect_tls_rpt("acme.example", zone(world))).destinations
    assert found.takes_mail is takes_mail


@pytest.mark.parametrize("question", [("r.test", "MX"), ("r.test", "AAAA")])
async def test_a_report_domain_that_could_not_be_looked_up_is_not_dead(question: tuple[str, str]) -> None:
    world = '$ORIGIN acme.example.\n_smtp._tls IN TXT "v=TLSRPTv1; rua=mailto:a@r.test"\n'
    resolver = FailingResolver(zone(world + "$ORIGIN r.test.\n@ IN TXT x\n"), {question: "timeout"})
    reports = await collect_tls_rpt("acme.example", resolver)
    assert reports.destinations[0].takes_mail is None
    facts = DomainFacts("acme.example", tls_rpt=reports)
    assert judged(facts)["TLSRPT006"].status == "unknown"


@pytest.mark.parametrize(
    ("old", "new"),
    [("1", "2"), ("20261101", "20261102"), ("20261101T09", "20261101T10"), ("a", "a1"), ("9", "10")],
)
def test_the_next_id(old: str, new: str) -> None:
    assert next_id(old) == new
    assert len(next_id("9" * 32)) == 32
    assert next_id("9" * 32) != "9" * 32
    assert len(next_id("a" * 32)) == 32
