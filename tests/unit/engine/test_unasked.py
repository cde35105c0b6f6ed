"""A query that was not sent is no server's fault, no fault of the domain, and unknown."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from mailproof.checks.base import Check, Reporter, Undetermined
from mailproof.dns import Answer, MemoResolver, ZoneResolver
from mailproof.engine import report
from mailproof.engine.audit import audit_domain
from mailproof.engine.judge import MOST_UNANSWERED, judge
from mailproof.engine.session import Session, Work
from mailproof.facts.stop import Stop, StoppableResolver
from mailproof.model import DomainFacts, Facts, Lookup, Outcome, Rule, Severity, Status, Unanswered
from mailproof.policy import Policy, exit_code
from mailproof.render.json import render_json
from mailproof.render.look import SCREEN
from mailproof.render.text import render_text
from tests.support.cli import report_of
from tests.support.engine import audit_async, verify_async
from tests.support.resolvers import zone

NOW = datetime(2026, 11, 1, tzinfo=UTC)
RULE = Rule("TEST001", "A test", Severity.ERROR, "spf", ("none",))


def lookup(status: Status, name: str = "acme.example", server: str = "192.0.2.53") -> Lookup:
    return Lookup(name, "TXT", status, server=server)


def judged(*lookups: Lookup) -> Outcome:
    def run(_facts: DomainFacts, _report: Reporter) -> None:
        raise Undetermined.of(*lookups)

    (outcome,) = judge([Check(RULE, run, "")], DomainFacts("acme.example"), "acme.example")
    return outcome


def test_it_is_said_so() -> None:
    asked = Lookup("acme.example", "TXT", "unasked", reason="offline")
    assert asked.describe() == "TXT acme.example: not queried: offline"
    assert (asked.found, asked.absent, asked.undetermined) == (False, False, True)


@pytest.mark.parametrize("status", ["servfail", "timeout", "refused", "bogus"])
def test_a_question_that_failed_makes_it_unknown(status: Status) -> None:
    outcome = judged(lookup(status), lookup("unasked"))
    assert (outcome.status, outcome.unasked, outcome.open) == ("unknown", False, True)
    assert outcome.unanswered[0] == Unanswered("acme.example", "TXT", status, "192.0.2.53")


def test_what_nobody_was_asked_is_left_out() -> None:
    outcome = judged(lookup("unasked"), lookup("unasked", "_spf.acme.example"))
    assert (outcome.status, outcome.unasked, outcome.open) == ("skipped", True, True)
    assert [each.server for each in outcome.unanswered] == ["", ""]


def test_a_reason_that_only_sounds_like_it_is_not_taken_for_it() -> None:
    def run(_facts: DomainFacts, _report: Reporter) -> None:
        raise Undetermined("not in the zones given, and offline")

    (outcome,) = judge([Check(RULE, run, "")], DomainFacts("acme.example"), "acme.example")
    assert (outcome.status, outcome.unasked) == ("unknown", False)


def test_each_question_is_named_once_and_not_too_many() -> None:
    assert len(judged(lookup("timeout"), lookup("timeout")).unanswered) == 1
    many = (lookup("timeout", f"n{number}.example") for number in range(100))
    assert len(judged(*many).unanswered) == MOST_UNANSWERED


def test_where_the_run_was_cut_off_nobody_wished_it_so() -> None:
    outcomes = (judged(lookup("unasked")),)
    stop = Stop()
    work = Work(MemoResolver(zone("")), stop, NOW, 0.0)
    whole = report.report_of(work, "acme.example", outcomes, Facts())
    assert whole.outcomes[0].status == "skipped"
    stop.interrupt()
    cut = report.report_of(work, "acme.example", outcomes, Facts())
    assert (cut.outcomes[0].status, cut.incomplete) == ("unknown", True)


async def test_after_the_end_of_a_run_nobody_is_asked() -> None:
    stop = Stop()
    resolver = StoppableResolver(zone("acme.example. 60 IN A 192.0.2.1"), stop)
    assert (await resolver.query("acme.example", "A")).status == "ok"
    stop.interrupt()
    answer = await resolver.query("acme.example", "A")
    assert (answer.status, answer.server, answer.reason) == (
        "unasked",
        "",
        "interrupted before this was checked",
    )


INSIDE = """$ORIGIN acme.example.
$TTL 3600
@ SOA ns1 h 1 2 3 4 5
@ NS ns1.dns.test.
@ MX 10 mx.esp.test.
@ TXT "v=spf1 a:host.esp.test mx include:_spf.esp.test exists:e.esp.test redirect=r.esp.test"
_dmarc TXT "v=DMARC1; p=reject; rua=mailto:d@reports.test"
s1._domainkey CNAME s1.esp.test.
_mta-sts CNAME _mta-sts.esp.test.
_smtp._tls TXT "v=TLSRPTv1; rua=mailto:t@reports.test"
default._bimi CNAME bimi.esp.test.
mail CNAME mail.esp.test.
sub NS ns.other.test.
"""


def offline() -> ZoneResolver:
    return ZoneResolver.from_text(INSIDE, origin="acme.example")


async def test_a_domain_that_leans_on_others_has_no_fault_of_theirs() -> None:
    """Every consumer treats it as unknown: nothing is reported as failed or missing."""
    report = await audit_async(
        "acme.example",
        offline(),
        selectors=("s1",),
        ips=("192.0.2.1",),
        second_opinion=True,
        receivers=("all",),
        subdomains=("sub",),
        now=NOW,
    )
    assert not [each for each in report.findings if each.severity is Severity.ERROR]
    assert report.incomplete
    unasked = {each.check for each in report.outcomes if each.unasked}
    assert unasked > {"SPF003", "DKIM001", "MX005", "MX016", "STS001", "RCV001", "RCV003"}
    for text in (render_text(report, SCREEN._replace(verbose=2)), render_json(report)):
        assert "servfail" not in text.lower()
        assert "no answer" not in text


async def test_a_message_has_no_fault_of_theirs() -> None:
    raw = b"From: a@acme.example\nSubject: x\nDKIM-Signature: v=1; a=rsa-sha256; d=acme.example; s=s1;" + (
        b" c=relaxed/relaxed; h=from; bh=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=; b=AAAA\n\nhi\n"
    )
    report = await verify_async(raw, "192.0.2.1", "h.acme.example", "a@acme.example", offline(), NOW)
    auth = {each.check: each.status for each in report.outcomes if each.check.startswith("AUTH0")}
    assert {auth[rule] for rule in ("AUTH001", "AUTH002", "AUTH010", "AUTH011", "AUTH014")} == {"skipped"}
    assert "servfail" not in (render_text(report, SCREEN._replace(verbose=2)) + render_json(report)).lower()


async def test_only_what_decides_makes_it_incomplete() -> None:
    text = INSIDE.replace(" include:_spf.esp.test exists:e.esp.test redirect=r.esp.test", " -all")
    inside = ZoneResolver.from_text(
        text.replace("a:host.esp.test mx", "ip4:192.0.2.1"), origin="acme.example"
    )
    world = inside
    report = await audit_async("acme.example", world, now=NOW, prove=False)
    assert [each.check for each in report.outcomes if each.unasked]
    assert (report.incomplete, report.score.grade) == (False, "A")


@pytest.mark.parametrize(
    ("select", "incomplete"),
    [("DMARC001", False), ("SPF003", True), ("DMARC001,SPF003", True), ("SPF", False)],
)
async def test_of_rules_selected_something_must_be_judged(select: str, incomplete: bool) -> None:
    policy = Policy(select=(select,))
    async with Session(offline(), now=NOW, policy=policy) as session:
        report = policy.applied((await audit_domain("acme.example", session)).report)
    assert (report.incomplete, report.score.grade) == (incomplete, None)
    assert exit_code([report]) == (3 if incomplete else 0)


async def test_the_json_tells_which_questions() -> None:
    report = await audit_async("acme.example", MemoResolver(offline()), now=NOW, prove=False)
    outcome = next(each for each in report_of(render_json(report))["outcomes"] if each["check"] == "SPF003")
    assert outcome["status"] == "skipped"
    assert {each["status"] for each in outcome["unanswered"]} == {"unasked"}
    assert "_spf.esp.test" in {each["name"] for each in outcome["unanswered"]}


async def test_an_alias_out_of_the_zone_keeps_why() -> None:
    answer = await offline().query("s1._domainkey.acme.example", "TXT")
    assert isinstance(answer, Answer)
    assert (answer.status, answer.chain) == ("unasked", ("s1.esp.test",))
    assert answer.reason == "not in the zones given, and offline"
