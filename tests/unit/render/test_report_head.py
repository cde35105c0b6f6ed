"""The verdict, the causes with their consequences, and what could not be checked, as text."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from mailproof.engine.relate import relate
from mailproof.engine.report import build_report
from mailproof.model import (
    Consequence,
    DomainFacts,
    Facts,
    Finding,
    Fix,
    FixRecord,
    Location,
    Lookup,
    Outcome,
    Report,
    Rule,
    Severity,
    Status,
    Unanswered,
)
from mailproof.model.dmarc import DmarcFacts, DmarcRecord, DmarcStep, DmarcWalk
from mailproof.model.spf import SpfFacts, SpfNode
from mailproof.render.look import SCREEN
from mailproof.render.scorecard import scorecard
from mailproof.render.text import render_text
from mailproof.render.verdict import verdict
from mailproof.structs import replace

NOW = datetime(2026, 11, 26, tzinfo=UTC)
ERROR, WARNING, INFO = Severity.ERROR, Severity.WARNING, Severity.INFO


def domain() -> DomainFacts:
    """A domain with all deciding facts known."""
    known = Lookup("acme.example", "TXT", "ok", ("x",))
    step = DmarcStep("acme.example", known, record=DmarcRecord("v=DMARC1", ()))
    return DomainFacts(
        "acme.example",
        spf=SpfFacts("acme.example", SpfNode("acme.example", "ok", known)),
        dmarc=DmarcFacts(
            "acme.example", DmarcWalk("acme.example", (step,), "acme.example"), record=step.record
        ),
        mx_lookup=known,
    )


def report(*outcomes: Outcome, rules: tuple[Rule, ...] = (), facts: DomainFacts | None = None) -> Report:
    passed = Outcome("OK1", "acme.example", "pass")
    everything = (*outcomes, passed)
    facts = facts or domain()
    return build_report("acme.example", NOW, relate(everything, rules), Facts(dns=facts), rules)


def outcome(finding: Finding) -> Outcome:
    status = {ERROR: "fail", WARNING: "warn", INFO: "pass"}
    return Outcome(finding.rule, "acme.example", status[finding.severity], (finding,))  # type: ignore[arg-type]


def finding(
    rule: str, severity: Severity = ERROR, *, location: Location | None = None, fix: Fix | None = None
) -> Finding:
    return Finding(rule, severity, "acme.example", f"{rule} is so.", location=location, fix=fix)


# The sentence


TOPICS: dict[tuple[Severity, str], str] = {
    (ERROR, "spf"): "✗ Some receivers will reject or junk mail from acme.example",
    (ERROR, "mx"): "✗ Some mail from or to acme.example will not be delivered",
    (ERROR, "dane"): "✗ Some mail to acme.example will not be delivered",
    (ERROR, "dmarc"): "✗ Mail from acme.example can be forged",
    (ERROR, "bimi"): "✗ Mail from acme.example should be delivered, but its logo is missing",
    (ERROR, "mta_sts"): "✗ Mail from acme.example should be delivered, but its records have errors",
    (WARNING, "spf"): "! Mail from acme.example should be delivered, with some weaknesses",
    (WARNING, "dmarc"): "! Mail from acme.example should be delivered, but others can forge it",
    (
        WARNING,
        "tls_rpt",
    ): "! Mail from acme.example should be delivered; some reports are missing",
    (WARNING, "mta_sts"): "! Mail from acme.example should be delivered, with minor faults",
    (INFO, "spf"): "✓ Mail from acme.example should be delivered",
}


@pytest.mark.parametrize(("severity", "topic"), TOPICS)
def test_the_consequence_makes_the_sentence(severity: Severity, topic: str) -> None:
    rule = Rule("RULE1", "A fault", severity, topic, ("RFC",))
    text = render_text(report(outcome(finding("RULE1", severity)), rules=(rule,)), SCREEN._replace(width=120))
    assert text.splitlines()[0] == TOPICS[severity, topic]


def test_a_rule_may_lead_to_something_else_than_its_topic() -> None:
    rule = Rule("RULE1", "A fault", ERROR, "spf", ("RFC",), consequence="forged")
    assert (
        verdict(report(outcome(finding("RULE1")), rules=(rule,)))[1] == "Mail from acme.example can be forged"
    )


@pytest.mark.parametrize("other", ["reports", "tidy", "forged"])
def test_the_worst_error_makes_the_sentence_and_no_warning(other: Consequence) -> None:
    rules = (
        Rule("RULE1", "A fault", ERROR, "spf", ("RFC",), consequence=other),
        Rule("RULE2", "Another", ERROR, "spf", ("RFC",)),
    )
    both = (outcome(finding("RULE1")), outcome(finding("RULE2")))
    assert (
        verdict(report(*both, rules=rules))[1] == "Some receivers will reject or junk mail from acme.example"
    )
    mild = (both[0], outcome(finding("RULE2", WARNING)))
    assert "reject" not in verdict(report(*mild, rules=rules))[1]


def test_a_parked_domain() -> None:
    parked = replace(domain(), profile="parked")
    assert (
        verdict(report(facts=parked))[1]
        == "acme.example is parked, and its records refuse all mail in its name"
    )
    said = {
        rule: verdict(report(outcome(finding(rule, WARNING)), facts=parked))[1]
        for rule in ("PARK002", "DMARC035")
    }
    assert said == {
        "PARK002": "acme.example is parked, but not all of its records say so",
        "DMARC035": "acme.example is parked, with minor faults in its records",
    }


def test_a_finding_on_a_parked_record_marks_its_topic() -> None:
    open_ = outcome(finding("PARK002", WARNING))
    marks = dict(scorecard(report(open_, facts=replace(domain(), profile="parked"))))
    assert marks["SPF"] == "warn"


# Causes


RULES = (
    Rule("CAUSE1", "The cause", ERROR, "spf", ("RFC",)),
    Rule("AFTER1", "What follows", ERROR, "spf", ("RFC",), because_of=("CAUSE1",)),
    Rule("AFTER2", "What follows from that", WARNING, "spf", ("RFC",), because_of=("AFTER1",)),
    Rule("NOTE1", "A note", INFO, "spf", ("RFC",), because_of=("AFTER1",)),
)
FIX = Fix("Publish it", (FixRecord("acme.example", "TXT", "v=spf1 -all"),))


def chain() -> Report:
    cause = finding("CAUSE1", fix=Fix("Do this"))
    after = finding("AFTER1", fix=FIX)
    return report(
        outcome(after),
        outcome(finding("NOTE1", INFO)),
        outcome(finding("AFTER2", WARNING)),
        outcome(cause),
        rules=RULES,
    )


def test_a_chain_is_one_finding_with_a_line_for_each_consequence() -> None:
    text = render_text(chain(), SCREEN._replace(width=80, quiet=True))
    assert (
        text
        == """✗ Some receivers will reject or junk mail from acme.example
  grade C (70/100) · 1 error, 2 checks passed

What to fix first ──────────────────────────────────────────────────────────────
✗ error CAUSE1 The cause
  CAUSE1 is so.
  → Fix: Do this
  ├─ also: ✗ AFTER1 What follows
  ├─ also: ! AFTER2 What follows from that
  └─ also: i NOTE1 A note

  More about a rule: mailproof explain CAUSE1
"""
    )


def test_verbose_says_what_the_consequences_are() -> None:
    text = render_text(chain(), SCREEN._replace(width=80, verbose=1))
    assert "AFTER1 is so." in text
    assert "Publish it" not in text, "the fix of the cause is all there is to do"


def test_a_cause_is_as_bad_as_what_it_leads_to() -> None:
    cause = finding("CAUSE1", WARNING)
    rules = (Rule("CAUSE1", "The cause", WARNING, "spf", ("RFC",)), RULES[1])
    text = render_text(
        report(outcome(cause), outcome(finding("AFTER1")), rules=rules), SCREEN._replace(quiet=True)
    )
    assert "1 error" in text
    assert "What to fix first" in text
    assert "✗ error CAUSE1 The cause\n" in text


def test_the_order_is_that_of_the_report() -> None:
    assert [each.rule for each in chain().findings] == ["CAUSE1", "AFTER1", "AFTER2", "NOTE1"]


def test_several_of_one_rule_are_one_line() -> None:
    cause = finding("CAUSE1")
    after = [finding("AFTER1", location=Location("acme.example", "TXT", str(n), 0, 1)) for n in range(3)]
    told = report(outcome(cause), *map(outcome, after), rules=RULES)
    assert "  └─ also: ✗ AFTER1 What follows (3 times)\n" in render_text(told, SCREEN._replace(quiet=True))


def test_the_same_for_a_subdomain_is_said_so() -> None:
    cause = finding("CAUSE1")
    below = replace(cause, subject="news.acme.example", because_of=cause.fingerprint)
    told = report(outcome(cause), outcome(below), rules=RULES)
    text = render_text(told, SCREEN._replace(quiet=True))
    assert "  └─ also: ✗ CAUSE1 the same for news.acme.example\n" in text


def test_equal_notes_and_evidence_are_one_line() -> None:
    where = Location("acme.example", "TXT", "v=spf1 -all")
    notes = [replace(finding("NOTE1", INFO), location=Location("acme.example", "TXT", n)) for n in "ab"]
    cause = replace(finding("CAUSE1", location=where), evidence=(where.record, "v=spf1 ~all"))
    text = render_text(report(*map(outcome, (cause, *notes)), rules=RULES), SCREEN._replace(quiet=True))
    assert "i NOTE1 NOTE1 is so. (2 times)\n" in text
    assert text.count("NOTE1 is so.") == text.count("v=spf1 -all") == text.count("v=spf1 ~all") == 1


def test_the_marks_are_under_wide_characters_too() -> None:
    where = Location("acme.example", "TXT", "v=spf1 a:日本.example 語" + "x" * 40, 18 + 2, 19 + 2)
    text = render_text(report(outcome(finding("CAUSE1", location=where))), SCREEN._replace(width=60))
    assert "    v=spf1 a:日本.example 語xxx" in text
    assert f"\n    {' ' * 22}^^\n" in text


# What could not be checked


def failed(check: str, *questions: Unanswered, reason: str = "") -> Outcome:
    unasked = bool(questions) and all(each.status == "unasked" for each in questions)
    return Outcome(check, "acme.example", "skipped" if unasked else "unknown", (), reason, questions)


def question(
    name: str, status: Status = "servfail", server: str = "192.0.2.53", reason: str = ""
) -> Unanswered:
    return Unanswered(name, "TXT", status, server, reason)


def lines(*outcomes: Outcome, verbose: int = 0) -> list[str]:
    text = render_text(report(*outcomes), SCREEN._replace(width=100, quiet=True, verbose=verbose))
    return [line for line in text.splitlines()[text.splitlines().index("") :] if line]


def test_one_zone_is_one_line_with_its_topics() -> None:
    names = ("acme.example", "_dmarc.acme.example", "mx1.acme.example")
    checks = [
        failed(f"{topic}00{n}", question(name)) for topic in ("SPF", "DMARC") for n, name in enumerate(names)
    ]
    assert lines(*checks) == [
        "Could not check " + "─" * 84,
        "? acme.example: SERVFAIL from 192.0.2.53 (6 checks: SPF, DMARC)",
    ]


def test_few_checks_are_named() -> None:
    assert lines(failed("SPF001", question("_spf.esp.example")))[1] == (
        "? TXT _spf.esp.example: SERVFAIL from 192.0.2.53 (SPF001)"
    )


def test_other_trouble_is_another_line() -> None:
    told = lines(
        failed("SPF001", question("acme.example")),
        failed("SPF002", question("acme.example", "timeout")),
        failed("SPF003", question("acme.example", server="198.51.100.53")),
        failed("SPF004", question("_spf.esp.example")),
        failed("SPF005", reason="the time was over"),
    )
    assert told[1:] == [
        "? TXT acme.example: SERVFAIL from 192.0.2.53 (SPF001)",
        "? TXT acme.example: no answer from 192.0.2.53 (SPF002)",
        "? TXT acme.example: SERVFAIL from 198.51.100.53 (SPF003)",
        "? TXT _spf.esp.example: SERVFAIL from 192.0.2.53 (SPF004)",
        "? the time was over (SPF005)",
    ]


def test_the_hosts_of_a_provider_are_one_line() -> None:
    told = lines(*(failed(f"MX00{n}", question(f"mx{n}.esp.example")) for n in range(1, 6)))
    assert told[1:] == [
        "? TXT mx1.esp.example, TXT mx2.esp.example, TXT mx3.esp.example and 2 more: "
        "SERVFAIL from 192.0.2.53",
        "  (5 checks: MX)",
    ]


def test_a_resolvers_words_are_for_verbose() -> None:
    (_, *shown) = lines(failed("SPF001", question("acme.example", "bogus", reason="extended error 6")))
    assert shown == ["? TXT acme.example: DNSSEC validation failure from 192.0.2.53 (SPF001)"]


def test_long_reasons_are_cut() -> None:
    (_, *shown) = lines(failed("SPF001", question("acme.example", "timeout", "", "words " * 80)))
    assert len(" ".join(shown)) < 330
    assert "…" in " ".join(shown)


def test_the_reasons_are_there_with_verbose() -> None:
    assert "the whole reason" in render_text(
        report(failed("SPF001", question("acme.example"), reason="the whole reason")),
        SCREEN._replace(verbose=1, quiet=True),
    )


def test_not_asked_is_no_servers_fault() -> None:
    told = lines(failed("SPF001", question("_spf.esp.example", "unasked", "", "offline")))
    assert told == ["Not queried " + "─" * 88, "? TXT _spf.esp.example: offline (SPF001)"]
