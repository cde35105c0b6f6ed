"""What a check reports, and the resulting outcome."""

from __future__ import annotations

import pytest

from mailproof.checks.base import (
    MOST_FINDINGS,
    MOST_NAMED,
    Check,
    NotApplicable,
    Reporter,
    Undetermined,
)
from mailproof.engine.judge import judge
from mailproof.model import DomainFacts, Lookup, Outcome, Rule, Severity, Status

RULE = Rule("SPF999", "Title", Severity.ERROR, "spf", ())
FACTS = DomainFacts("acme.example")


def lookup(name: str, status: Status = "timeout") -> Lookup:
    return Lookup(name, "TXT", status)


def outcome(report: object) -> Outcome:
    (found,) = judge([Check(RULE, report)], FACTS, "acme.example")  # type: ignore[arg-type]
    return found


def test_unknown_survives_an_early_end() -> None:
    def check(_facts: DomainFacts, report: Reporter) -> None:
        report.unanswered(lookup("a.example"))
        for number in range(MOST_FINDINGS * 3):
            report(f"finding {number}")

    found = outcome(check)
    assert (found.status, len(found.findings)) == ("fail", MOST_FINDINGS)
    assert found.reason == lookup("a.example").describe()
    assert [each.name for each in found.unanswered] == ["a.example"]


@pytest.mark.parametrize("error", [NotApplicable("nothing here"), None])
def test_unknown_goes_before_nothing_to_judge(error: NotApplicable | None) -> None:
    def check(_facts: DomainFacts, report: Reporter) -> None:
        report.unknown("no answer")
        if error is not None:
            raise error

    assert (outcome(check).status, outcome(check).reason) == ("unknown", "no answer")


def test_what_ends_a_check_comes_after_what_was_unknown_before() -> None:
    def check(_facts: DomainFacts, report: Reporter) -> None:
        report.unknown("first")
        raise Undetermined("second")

    assert outcome(check).reason == "first; second"


def test_each_reason_once_and_not_too_many() -> None:
    report = Reporter(RULE, "acme.example")
    for number in range(MOST_NAMED * 2):
        report.unanswered(lookup(f"n{number}.example"), lookup("n0.example"))
    assert report.undetermined is not None
    assert len(str(report.undetermined).split("; ")) == MOST_NAMED
    assert len(report.undetermined.lookups) == MOST_NAMED * 2


@pytest.mark.parametrize(("also", "status"), [("", "skipped"), ("a server hung up", "unknown")])
def test_left_out_is_only_what_nobody_was_asked(also: str, status: str) -> None:
    def check(_facts: DomainFacts, report: Reporter) -> None:
        report.unanswered(lookup("a.example", "unasked"))
        if also:
            report.unknown(also)

    assert outcome(check).status == status


def test_a_finding_has_the_severity_of_its_rule_or_its_own() -> None:
    report = Reporter(RULE, "acme.example")
    report("one")
    report("two", severity=Severity.INFO, evidence=("why",))
    assert [(each.rule, each.subject, each.severity, each.evidence) for each in report.findings] == [
        ("SPF999", "acme.example", Severity.ERROR, ()),
        ("SPF999", "acme.example", Severity.INFO, ("why",)),
    ]
