"""Requirements of large receivers: met, not met, unknown, or not visible in the DNS."""

from __future__ import annotations

from datetime import date

import pytest

from mailproof.data.receivers import known_receivers
from mailproof.engine.receivers import _CHECKS
from mailproof.errors import UsageError
from mailproof.model import Report
from mailproof.render.json import to_plain
from mailproof.render.look import SCREEN
from mailproof.render.text import render_text
from tests.support.engine import audit_async
from tests.support.resolvers import FailingResolver, zone

GOOD = """
$ORIGIN acme.example.
@ 60 IN SOA ns1 hostmaster 1 7200 3600 1209600 300
@ 60 IN NS ns1
@ 60 IN NS ns2
ns1 60 IN A 192.0.2.53
ns2 60 IN A 198.51.100.53
@ 60 IN MX 10 mail
mail 60 IN A 192.0.2.25
@ 60 IN TXT "v=spf1 mx -all"
_dmarc 60 IN TXT "v=DMARC1; p=none; rua=mailto:dmarc@acme.example"
s1._domainkey 60 IN TXT "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="
$ORIGIN 2.0.192.in-addr.arpa.
25 60 IN PTR mail.acme.example.
"""


def states(report: Report, receiver: str) -> dict[str, str]:
    assert report.facts.dns is not None
    table = next(each for each in report.facts.dns.receivers if each.receiver == receiver)
    return {each.id: each.state for each in table.requirements}


async def test_what_the_dns_can_tell_is_met() -> None:
    report = await audit_async(
        "acme.example", zone(GOOD), selectors=("s1",), ips=("192.0.2.25",), receivers=("all",)
    )
    for receiver in ("gmail", "yahoo", "microsoft", "apple"):
        assert set(states(report, receiver).values()) <= {"met", "not in the DNS"}
    assert states(report, "gmail")["dkim-bits"] == "met"
    assert states(report, "gmail")["tls"] == "not in the DNS"
    assert not [f for f in report.findings if f.rule.startswith("RCV")]


async def test_nobody_is_compared_unasked() -> None:
    report = await audit_async("acme.example", zone(GOOD))
    assert report.facts.dns is not None
    assert report.facts.dns.receivers == ()
    rules = {o.check: o.status for o in report.outcomes if o.check.startswith("RCV")}
    assert set(rules.values()) == {"skipped"}


async def test_what_cannot_be_known_is_no_fault() -> None:
    # Through a resolver that cannot list the zone, as in live DNS.
    world = FailingResolver(zone(GOOD.replace("s1._domainkey", "q7x._domainkey")), {})
    report = await audit_async("acme.example", world, receivers=("gmail,yahoo",))
    assert states(report, "gmail")["ptr"] == "not in the DNS"
    assert states(report, "gmail")["spf-and-dkim"] == "not in the DNS"
    assert states(report, "yahoo")["spf-or-dkim"] == "met"
    assert {o.status for o in report.outcomes if o.check in ("RCV001", "RCV002")} == {"pass"}


@pytest.mark.parametrize(
    ("question", "requirement"),
    [
        (("acme.example", "TXT"), "spf-and-dkim"),
        (("_dmarc.acme.example", "TXT"), "dmarc"),
        (("s1._domainkey.acme.example", "TXT"), "spf-and-dkim"),
        (("25.2.0.192.in-addr.arpa", "PTR"), "ptr"),
    ],
)
async def test_what_could_not_be_found_out_is_unknown(question: tuple[str, str], requirement: str) -> None:
    world = FailingResolver(zone(GOOD), {question: "servfail"})
    report = await audit_async(
        "acme.example", world, selectors=("s1",), ips=("192.0.2.25",), receivers=("gmail",)
    )
    assert states(report, "gmail")[requirement] == "unknown"
    assert next(o.status for o in report.outcomes if o.check == "RCV001") == "unknown"


async def test_unmet_requirements_cost_no_points_twice() -> None:
    world = zone(GOOD.replace("v=DMARC1", "v=nothing"))
    one = await audit_async("acme.example", world, selectors=("s1",))
    other = await audit_async("acme.example", world, selectors=("s1",), receivers=("all",))
    assert {f.rule for f in other.findings} - {f.rule for f in one.findings} == {
        "RCV001",
        "RCV002",
        "RCV003",
        "RCV004",
    }
    assert one.score.points == other.score.points
    rules = [f.fingerprint for f in other.findings if f.rule == "RCV001"]
    assert len(rules) == len(set(rules))


async def test_the_table_in_text_and_json() -> None:
    report = await audit_async("acme.example", zone(GOOD), selectors=("s1",), receivers=("microsoft",))
    text = render_text(report, SCREEN._replace(verbose=1))
    assert "Receivers" in text
    assert "Outlook.com as of 2026-11-01; bulk: over 5,000 messages a day" in text
    plain = to_plain(report)
    assert plain["facts"]["dns"]["receivers"][0]["requirements"][0]["state"] == "met"


async def test_a_receiver_that_is_not_known() -> None:
    with pytest.raises(UsageError, match="--receiver hooli"):
        await audit_async("acme.example", zone(GOOD), receivers=("hooli",))


def test_the_data_are_dated_and_sourced() -> None:
    for receiver in known_receivers():
        assert receiver.sources
        assert len({demand.id for demand in receiver.requirements}) == len(receiver.requirements)
        for demand in receiver.requirements:
            assert demand.source
            assert date.fromisoformat(demand.since) <= date.fromisoformat(receiver.date)
    demanded = {demand.id for receiver in known_receivers() for demand in receiver.requirements}
    assert _CHECKS.keys() <= demanded
