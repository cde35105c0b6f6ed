"""The grade: each cause counts once, and nothing is claimed beyond what is known."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from mailproof.dns import Answer, Resolver, ZoneResolver
from mailproof.model import Facts, Finding, Outcome, Report, Score, Severity, Status, Tool
from mailproof.policy import apply_policy
from mailproof.score import score
from mailproof.structs import replace
from tests.support.engine import audit_async, verify_async
from tests.support.resolvers import FailingResolver, zone

NOW = datetime(2026, 11, 1, tzinfo=UTC)
ERROR, WARNING, INFO = Severity.ERROR, Severity.WARNING, Severity.INFO
ZONE = """$ORIGIN acme.example.
$TTL 3600
@ SOA ns1 h 1 2 3 4 5
@ NS ns1
@ NS ns2
ns1 A 192.0.2.53
ns2 A 198.51.100.53
@ MX 10 mx1
mx1 A 192.0.2.26
@ TXT "v=spf1 mx include:_spf.esp.example -all"
_dmarc TXT "v=DMARC1; p=reject; rua=mailto:d@acme.example"
s1._domainkey TXT "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="
$ORIGIN esp.example.
_spf TXT "v=spf1 ip4:198.51.100.0/24 -all"
$ORIGIN 2.0.192.in-addr.arpa.
26 PTR mx1.acme.example.
"""


def finding(rule: str, severity: Severity = ERROR, because_of: Finding | None = None) -> Finding:
    cause = because_of.fingerprint if because_of is not None else ""
    return Finding(rule, severity, "acme.example", rule, because_of=cause)


def graded(*findings: Finding) -> Score:
    outcomes = tuple(Outcome(each.rule, "acme.example", "fail", (each,)) for each in findings)
    passed = Outcome("OK1", "acme.example", "pass")
    report = Report("1", Tool(), NOW, "acme.example", (*outcomes, passed), Facts(), Score(None, 0))
    return score(report)


def points(of: Score) -> dict[str, int]:
    return {each.rule: each.points for each in of.deductions}


@pytest.mark.parametrize(
    ("findings", "grade"),
    [
        ((), "A"),
        ((finding("W1", WARNING),), "A"),
        ((finding("W1", WARNING), finding("W2", WARNING)), "B"),
        ((finding("E1"),), "C"),
        ((finding("E1"), finding("E2")), "D"),
        ((finding("E1"), finding("E2"), finding("E3")), "F"),
        ((finding("I1", INFO),) * 9, "A"),
    ],
)
def test_the_table(findings: tuple[Finding, ...], grade: str) -> None:
    assert graded(*findings).grade == grade


def test_a_rule_costs_once() -> None:
    one = replace(finding("E1"), subject="one.example")
    assert points(graded(one, finding("E1"), finding("E1", WARNING))) == {"E1": 30}


def test_what_follows_from_a_cause_costs_nothing_more() -> None:
    cause = finding("E1")
    after = finding("E2", because_of=cause)
    assert points(graded(cause, after, finding("W1", WARNING, because_of=after))) == {"E1": 30}


def test_a_cause_costs_what_the_worst_of_its_consequences_would() -> None:
    cause = finding("W1", WARNING)
    assert points(graded(cause, finding("E1", because_of=cause))) == {"W1": 30}
    note = finding("I1", INFO)
    assert points(graded(note, finding("W1", WARNING, because_of=note))) == {"I1": 6}


def test_a_consequence_whose_cause_is_left_out_is_charged_itself() -> None:
    assert points(graded(finding("E2", because_of=finding("E1")))) == {"E2": 30}


def test_what_receivers_say_of_it_costs_nothing() -> None:
    assert points(graded(finding("RCV001"), finding("W1", WARNING))) == {"W1": 6}


# What is not known


async def audited(failures: dict[tuple[str, str], Status], *selectors: str) -> Report:
    resolver = FailingResolver(zone(ZONE), failures)
    return await audit_async("acme.example", resolver, selectors=selectors, now=NOW, prove=False)


async def test_all_known_has_a_grade() -> None:
    got = (await audited({}, "s1")).score
    assert (got.grade, got.not_possible, got.complete, got.withheld) == ("A", 0, True, ())


FAILED: tuple[Status, ...] = ("servfail", "timeout", "refused", "bogus")
DECIDING = {
    "the SPF record": ("acme.example", "TXT"),
    "an include of it": ("_spf.esp.example", "TXT"),
    "the addresses of a term": ("mx1.acme.example", "A"),
    "the DMARC record": ("_dmarc.acme.example", "TXT"),
    "the MX records": ("acme.example", "MX"),
    "the key of a selector given": ("s1._domainkey.acme.example", "TXT"),
}


@pytest.mark.parametrize("status", FAILED)
@pytest.mark.parametrize("what", DECIDING)
async def test_what_decides_is_not_known(what: str, status: Status) -> None:
    got = (await audited({DECIDING[what]: status}, "s1")).score
    assert got.grade is None
    assert got.withheld[0].startswith("unknown: ")
    assert not got.complete


async def test_what_does_not_decide_leaves_a_grade_of_the_rest() -> None:
    report = await audited({("_smtp._tls.acme.example", "TXT"): "servfail"}, "s1")
    assert report.score.grade == "A"
    assert report.score.not_possible == sum(each.status == "unknown" for each in report.outcomes) > 0
    assert not report.score.complete


async def test_one_reason_is_told_once() -> None:
    failures: dict[tuple[str, str], Status] = {
        ("acme.example", "*"): "timeout",
        ("_dmarc.acme.example", "*"): "timeout",
        ("s1._domainkey.acme.example", "*"): "bogus",
    }
    assert (await audited(failures, "s1")).score.withheld == (
        "unknown: the SPF record, the DMARC record and the MX records: no answer",
        "unknown: the DKIM key at s1._domainkey.acme.example: DNSSEC validation failure",
    )


async def test_a_domain_that_does_not_exist_has_no_grade() -> None:
    report = await audit_async("nothing.example", zone(ZONE), now=NOW)
    assert (report.score.grade, report.score.withheld) == (None, ("nothing.example does not exist",))
    told = [each for each in report.outcomes if each.status != "skipped"]
    assert [(each.check, each.status) for each in told] == [("DOM001", "fail")]
    assert {each.reason for each in report.outcomes if each not in told} == {"nothing.example does not exist"}
    assert not report.incomplete


async def test_a_server_that_denies_a_domain_which_has_records_is_not_believed() -> None:
    class Denying:
        """NXDOMAIN only for SOA."""

        def __init__(self, inner: Resolver) -> None:
            self.inner = inner

        async def query(self, name: str, rrtype: str) -> Answer:
            if rrtype == "SOA":
                return Answer(name, rrtype, "nxdomain", server="test")
            return await self.inner.query(name, rrtype)

    report = await audit_async("acme.example", Denying(zone(ZONE)), now=NOW, prove=False)
    assert sum(each.status == "pass" for each in report.outcomes) > 50


async def test_a_selection_has_no_grade() -> None:
    report = apply_policy(await audited({}, "s1"), select=("DMARC",))
    assert (report.score.grade, report.score.withheld) == (None, ("only DMARC checks were made",))


# Nobody was asked


def offline(text: str = ZONE.partition("$ORIGIN esp")[0]) -> Resolver:
    return ZoneResolver.from_text(text, origin="acme.example")


async def test_an_include_that_nobody_was_asked_about_leaves_no_grade() -> None:
    report = await audit_async("acme.example", offline(), selectors=("s1",), now=NOW, prove=False)
    assert report.score.grade is None
    assert report.score.withheld == ("unknown: part of the SPF record (TXT _spf.esp.example): not queried",)
    assert report.score.not_possible == sum(each.unasked for each in report.outcomes) > 0
    assert {each.status for each in report.outcomes if each.unasked} == {"skipped"}
    assert report.incomplete, "there is no grade, and so no exit code 0"


async def test_nothing_of_a_domain_in_the_zones_is_incomplete() -> None:
    report = await audit_async("other.example", offline(), selectors=("s1",), now=NOW)
    assert report.nothing_known
    assert report.incomplete
    assert not report.findings


async def test_a_dead_zone_is_not_known_whatever_was_given() -> None:
    """A given selector proves nothing about the domain."""

    class Dead:
        """Every query fails."""

        async def query(self, name: str, rrtype: str) -> Answer:
            return Answer(name, rrtype, "servfail", server="192.0.2.1")

    report = await audit_async("acme.example", Dead(), selectors=("s1",), now=NOW)
    assert report.nothing_known
    assert report.score.grade is None


MESSAGE = b"""From: Ada <ada@acme.example>
To: b@receiver.example
Subject: x
Date: Sun, 01 Nov 2026 00:00:00 +0000
Message-ID: <1@acme.example>

hi
"""


@pytest.mark.parametrize("failed", ["acme.example", "_dmarc.acme.example"])
async def test_a_message_without_its_records_has_no_grade(failed: str) -> None:
    resolver = FailingResolver(zone(ZONE), {(failed, "TXT"): "timeout"})
    sent = ("192.0.2.26", "mx1.acme.example", "ada@acme.example")
    known = await verify_async(MESSAGE, *sent, resolver=zone(ZONE), now=NOW)
    assert known.score.grade is not None
    report = await verify_async(MESSAGE, *sent, resolver=resolver, now=NOW)
    assert report.score.grade is None
    assert "no answer" in report.score.withheld[0]


async def test_a_message_whose_records_nobody_was_asked_about() -> None:
    sent = ("192.0.2.26", "mx1.acme.example", "ada@acme.example")
    report = await verify_async(MESSAGE, *sent, resolver=ZoneResolver(), now=NOW)
    assert report.score.grade is None
    assert report.nothing_known
    spf = next(each for each in report.outcomes if each.check == "AUTH011")
    assert (spf.status, spf.unasked) == ("skipped", True)
