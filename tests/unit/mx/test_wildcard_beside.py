"""A wildcard does not cover a name that exists (RFC 4592 section 2.2.2)."""

from __future__ import annotations

import pytest

from mailproof.facts.mx import collect_wildcard_beside
from mailproof.model import Finding, Severity, Status
from tests.support.checks import findings_of
from tests.support.engine import audit_async
from tests.support.resolvers import FailingResolver, zone

ZONE = """
$ORIGIN acme.example.
@ 60 IN SOA ns1 hostmaster 1 7200 3600 1209600 300
@ 60 IN MX 10 mail
@ 60 IN TXT "v=spf1 mx -all"
mail 60 IN A 192.0.2.25
* 60 IN MX 10 mail
"""
CLOSED = '* 60 IN TXT "v=spf1 -all"\n'
OPEN = '* 60 IN TXT "v=spf1 mx -all"\n'
POLICY = '_dmarc.news 60 IN TXT "v=DMARC1; p=none"\n'


async def found(records: str) -> list[Finding]:
    report = await audit_async("acme.example", zone(ZONE + records), subdomains=("news",))
    return findings_of("MX021", report.facts.domains[0])  # as proposed, before other fixes are added


@pytest.mark.parametrize(
    ("records", "lacks", "why", "severity"),
    [
        (CLOSED + POLICY, "no MX and no SPF record", "_dmarc.news.acme.example exists", Severity.ERROR),
        (POLICY, "no MX,", "_dmarc.news.acme.example exists", Severity.ERROR),
        ("news 60 IN A 192.0.2.1\n", "no MX,", "an A record of its own", Severity.INFO),
        (OPEN + "news 60 IN A 192.0.2.1\n", "no MX and no SPF", "an A record of its own", Severity.WARNING),
        (CLOSED + "news 60 IN MX 10 mail\n", "no SPF record", "an MX record of its own", Severity.WARNING),
        ("other.news 60 IN TXT x\n", "no MX,", "it exists", Severity.ERROR),
    ],
)
async def test_the_cause_is_told(records: str, lacks: str, why: str, severity: Severity) -> None:
    (finding,) = await found(records)
    assert lacks in finding.message
    assert why in finding.message
    assert finding.severity == severity
    assert finding.subject == "news.acme.example"


@pytest.mark.parametrize(
    "records",
    [
        OPEN,  # the name does not exist: the wildcard covers it
        OPEN + 'news 60 IN MX 10 mail\nnews 60 IN TXT "v=spf1 mx -all"\n',
        "* 60 IN TXT note\nnews 60 IN MX 10 mail\n",
    ],
)
async def test_what_lacks_nothing_is_left_alone(records: str) -> None:
    assert await found(records) == []


async def test_what_the_wildcard_says_is_a_decision_and_never_closes_a_sender() -> None:
    (finding,) = await found(OPEN + POLICY)
    assert finding.fix is not None
    assert finding.fix.kind == "decision"
    assert [record.value for record in finding.fix.records] == ["10 mail.acme.example.", "v=spf1 mx -all"]
    (finding,) = await found(CLOSED + POLICY)
    assert finding.fix is not None
    assert [record.value for record in finding.fix.records] == ["10 mail.acme.example."]


@pytest.mark.parametrize("status", ["servfail", "timeout", "refused", "bogus"])
async def test_what_is_not_known_is_no_finding(status: Status) -> None:
    for question in (("news.acme.example", "*"), ("*.acme.example", "*")):
        resolver = FailingResolver(zone(ZONE + OPEN + POLICY), {question: status})
        report = await audit_async("acme.example", resolver, subdomains=("news",))
        assert not [f for f in report.findings if f.rule == "MX021"]


async def test_nothing_is_asked_above_an_ordinary_domain() -> None:
    resolver = FailingResolver(zone(ZONE), {})
    assert await collect_wildcard_beside("acme.example", resolver) == ()
    assert not [name for name, _ in resolver.asked if name.startswith("*")]
