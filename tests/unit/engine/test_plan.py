"""Selected and ignored rules determine the queries: only the necessary ones, with the same findings."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from mailproof.checks import registry
from mailproof.engine.audit import AuditOptions, audit_domain
from mailproof.engine.fixes import ProposalWish
from mailproof.engine.plan import EXPECTED, plan_domain
from mailproof.engine.session import Session
from mailproof.facts.domain import COLLECTORS
from mailproof.model import Report
from mailproof.policy import Policy
from tests.support.resolvers import FailingResolver, zone

NOW = datetime(2026, 11, 1, tzinfo=UTC)
HEALTHY = """
$ORIGIN acme.example.
@ 60 IN SOA ns1 hostmaster 1 7200 3600 1209600 300
@ 60 IN NS ns1
ns1 60 IN A 192.0.2.53
@ 60 IN MX 10 mail
mail 60 IN A 192.0.2.25
@ 60 IN TXT "v=spf1 include:_spf.esp.example -all"
_dmarc 60 IN TXT "v=DMARC1; p=reject; rua=mailto:dmarc@acme.example"
$ORIGIN esp.example.
_spf 60 IN TXT "v=spf1 ip4:198.51.100.0/24 -all"
"""
TWICE = HEALTHY.replace("include:_spf.esp.example ", "include:_spf.esp.example include:_spf.esp.example ")


def _ids(*prefixes: str) -> list[str]:
    return [
        rule
        for topic in registry.TOPICS
        if topic.kind == "domain" and topic.name not in EXPECTED
        for rule in topic.ids
        if not prefixes or rule.startswith(prefixes)
    ]


EVERYTHING = Policy()


async def asked(
    world: str, policy: Policy = EVERYTHING, **options: Any
) -> tuple[Report, set[tuple[str, str]]]:
    """The report, and the queries sent for it."""
    resolver = FailingResolver(zone(world), {})
    async with Session(resolver, now=NOW, policy=policy) as session:
        audited = await audit_domain("acme.example", session, AuditOptions(**options))
    return policy.applied(audited.report), set(resolver.asked)


async def test_one_rule_of_spf_asks_what_spf_asks() -> None:
    report, questions = await asked(HEALTHY, Policy(select=("SPF003",)))
    assert questions == {
        ("acme.example", "TXT"),
        ("acme.example", "SPF"),
        ("acme.example", "MX"),
        ("mail.acme.example", "TXT"),
        ("_spf.esp.example", "TXT"),
    }
    assert [(each.check, each.status) for each in report.outcomes] == [("SPF003", "pass")]
    assert (report.selected, report.incomplete, report.score.grade) == (("SPF003",), False, None)
    assert report.score.withheld == ("only SPF003 checks were made",)


async def test_dmarc_asks_less_than_all() -> None:
    _, everything = await asked(HEALTHY)
    report, questions = await asked(HEALTHY, Policy(select=("DMARC",)))
    assert {each.check for each in report.outcomes} == set(_ids("DMARC"))
    assert ("_dmarc.acme.example", "TXT") in questions
    assert not [name for name, _ in questions if "bimi" in name or "_mta-sts" in name or "_smtp" in name]
    assert questions < everything


async def test_a_fix_is_proven_by_all_rules_whatever_is_selected() -> None:
    whole, everything = await asked(TWICE)
    report, questions = await asked(TWICE, Policy(select=("SPF025",)))
    assert questions == everything
    (finding,) = report.findings
    assert finding.fix is not None
    assert finding.fix.records
    assert finding.fix == next(each.fix for each in whole.findings if each.rule == "SPF025")
    unproven, questions = await asked(TWICE, Policy(select=("SPF025",)), prove=False)
    assert len(questions) == 5
    assert [each.rule for each in unproven.findings] == ["SPF025"]


async def test_a_proposal_of_selected_rules_is_that_of_all() -> None:
    options = AuditOptions(proposal=ProposalWish())
    proposals = []
    for policy in (EVERYTHING, Policy(select=("SPF025",))):
        async with Session(zone(TWICE), now=NOW, policy=policy) as session:
            proposals.append((await audit_domain("acme.example", session, options)).proposal)
    one, other = proposals
    assert one is not None
    assert other is not None
    spf = [each for each in one.changes if each.rrtype == "TXT" and each.name == "acme.example"]
    assert [each.published for each in other.changes] == [each.published for each in spf]
    assert "SPF025" in {each.rule for each in other.fixed}


async def test_what_a_domain_is_for_is_found_out_where_it_matters() -> None:
    closed = HEALTHY.replace("include:_spf.esp.example ", "")
    sends, _ = await asked(HEALTHY, Policy(select=("SPF038",)), prove=False)
    assert _status(sends, "SPF038") == "pass"
    receives, questions = await asked(closed, Policy(select=("SPF038",)), prove=False)
    assert _status(receives, "SPF038") == "skipped"
    assert [name for name, _ in questions if "_domainkey" in name]
    given, questions = await asked(closed, Policy(select=("SPF038",)), prove=False, profile="sending")
    assert _status(given, "SPF038") != "skipped"
    assert not [name for name, _ in questions if "_domainkey" in name]


async def test_ignored_topics_are_not_collected() -> None:
    whole, everything = await asked(HEALTHY, prove=False)
    report, questions = await asked(HEALTHY, Policy(ignore=("BIMI,STS", "RBL")), prove=False)
    assert everything - questions == {("_bimi.acme.example", "TXT")}
    assert {each.check for each in report.outcomes} == {each.check for each in whole.outcomes}
    left_out = {each.check for each in report.outcomes if each.reason == "ignored by policy"}
    assert left_out == set(_ids("BIMI", "STS", "RBL"))
    assert report.score.grade == whole.score.grade


def test_ignored_rules_of_hosts_connect_to_none() -> None:
    assert "transport" in (plan_domain(Policy(ignore=("TLS0",))).collectors or ())
    plan = plan_domain(Policy(ignore=("TLS", "DANE", "STS", "BIMI")))
    assert not {"transport", "dane", "mta_sts", "bimi"} & set(plan.collectors or ())
    assert {"domain", "spf", "dkim", "dmarc", "mx"} < set(plan.collectors or ())
    everything_but_spf = plan_domain(Policy(ignore=("SPF",)))
    assert everything_but_spf.ignored == ()
    assert "spf" in (everything_but_spf.collectors or ())


async def test_single_rules_are_ignored_after_they_were_judged() -> None:
    whole, everything = await asked(HEALTHY)
    report, questions = await asked(HEALTHY, Policy(ignore=("STS001",)))
    assert questions == everything
    assert "STS001" in {each.rule for each in whole.findings}
    assert [each.rule for each in report.suppressed] == ["STS001"]


async def test_receivers_are_compared_whatever_is_selected() -> None:
    whole, _ = await asked(HEALTHY, receivers=("all",), ips=("198.51.100.7",))
    report, questions = await asked(
        HEALTHY, Policy(select=("RCV",)), receivers=("all",), ips=("198.51.100.7",), prove=False
    )
    assert report.facts.dns is not None
    assert whole.facts.dns is not None
    assert report.facts.dns.receivers == whole.facts.dns.receivers
    assert {each.check for each in report.outcomes} == set(_ids("RCV"))
    assert ("7.100.51.198.in-addr.arpa", "PTR") in questions
    assert not [name for name, _ in questions if "bimi" in name or "_mta-sts" in name]


def test_a_plan_that_leaves_nothing_out_imports_no_rule() -> None:
    plan = plan_domain(Policy())
    assert (plan.partial, plan.collectors, plan.ignored) == (False, None, ())
    assert plan.judged == tuple(_ids())
    assert plan_domain(Policy(select=("SPF",)), everything=True).collectors is None


def test_each_field_has_one_collector() -> None:
    filled = [field for each in COLLECTORS for field in each.fields]
    assert len(filled) == len(set(filled))
    wanted = {need for rule in _ids() for need in registry.check(rule).needs} - {"receivers"}
    assert wanted <= set(filled)


def _status(report: Report, rule: str) -> str:
    return next(each.status for each in report.outcomes if each.check == rule)
