"""Edge cases of the grade: what counts, when it is withheld, and the wording."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from mailproof.model import DomainFacts, Facts, Finding, Outcome, OutcomeStatus, Report, Score, Severity, Tool
from mailproof.score import score

NOW = datetime(2026, 11, 1, tzinfo=UTC)
ERROR, WARNING, INFO = Severity.ERROR, Severity.WARNING, Severity.INFO


def outcome(check: str, status: OutcomeStatus, *findings: Finding) -> Outcome:
    return Outcome(check, "acme.example", status, findings)


def found(rule: str, severity: Severity, because_of: Finding | None = None) -> Outcome:
    cause = because_of.fingerprint if because_of else ""
    return outcome(rule, "fail", Finding(rule, severity, "acme.example", rule, because_of=cause))


def graded(*outcomes: Outcome, **fields: object) -> Score:
    report = Report("1", Tool(), NOW, "acme.example", outcomes, Facts(), Score(None, 0), **fields)  # type: ignore[arg-type]
    return score(report)


@pytest.mark.parametrize(
    ("errors", "warnings", "points", "grade"),
    [
        (0, 0, 100, "A"),
        (0, 1, 94, "A"),
        (0, 2, 88, "B"),
        (0, 4, 76, "B"),
        (0, 5, 70, "C"),
        (1, 0, 70, "C"),
        (1, 1, 64, "C"),
        (1, 2, 58, "D"),
        (1, 5, 40, "D"),
        (2, 0, 40, "D"),
        (2, 1, 34, "F"),
        (3, 1, 4, "F"),
        (3, 2, 0, "F"),
        (4, 0, 0, "F"),
    ],
)
def test_points(errors: int, warnings: int, points: int, grade: str) -> None:
    outcomes = [found(f"E{n}", ERROR) for n in range(errors)] + [
        found(f"W{n}", WARNING) for n in range(warnings)
    ]
    made = graded(outcome("OK", "pass"), *outcomes)
    assert (made.points, made.grade) == (points, grade)
    assert [each.points for each in made.deductions] == [30] * errors + [6] * warnings
    assert [each.reason for each in made.deductions] == ["error"] * errors + ["warning"] * warnings


def test_a_rule_costs_what_its_worst_finding_does() -> None:
    for first, second in ((WARNING, ERROR), (ERROR, WARNING)):
        assert graded(found("R1", first), found("R1", second)).points == 70


def test_a_cause_costs_what_it_leads_to() -> None:
    (cause,) = found("R1", WARNING).findings
    assert graded(outcome("R1", "warn", cause), found("R2", ERROR, cause)).points == 70


def test_notes_and_what_is_said_again_for_a_receiver_cost_nothing() -> None:
    made = graded(found("R1", INFO), found("RCV001", ERROR), outcome("OK", "pass"))
    assert (made.points, made.deductions) == (100, ())


@pytest.mark.parametrize(
    ("made", "missing", "grade"),
    [(1, 0, "A"), (2, 1, "A"), (2, 2, "A"), (1, 2, None), (0, 1, None), (0, 0, None)],
)
@pytest.mark.parametrize("as_", ["pass", "warn", "fail"])
@pytest.mark.parametrize("open_", ["unknown", "error"])
def test_no_grade_where_most_checks_were_not_possible(
    made: int, missing: int, grade: str | None, as_: OutcomeStatus, open_: OutcomeStatus
) -> None:
    outcomes = [outcome(f"D{n}", as_) for n in range(made)] + [
        outcome(f"U{n}", open_) for n in range(missing)
    ]
    of = graded(*outcomes)
    assert of.grade == grade
    assert of.not_possible == missing
    assert of.withheld == (() if grade else ("most checks were not possible",))
    assert of.complete is (grade is not None and not missing)


def test_what_withholds_a_grade() -> None:
    done = outcome("OK", "pass")
    assert graded(done, interrupted=True).withheld == ("the run was interrupted",)
    assert graded(done, selected=("SPF",)).withheld == ("only SPF checks were made",)
    assert graded(done, selected=("SPF", "MX")).withheld == ("only SPF and MX checks were made",)
    assert graded(done, selected=("A", "B", "C")).withheld == ("only A, B and C checks were made",)


def test_what_is_not_known_is_named_and_no_more_than_three() -> None:
    of = score(
        Report(
            *("1", Tool(), NOW, "acme.example", (outcome("OK", "pass"),)),
            Facts(dns=DomainFacts("acme.example")),
            Score(None, 0),
        )
    )
    assert of.grade is None
    (words,) = of.withheld
    assert words.startswith("unknown: ")
    assert words.count(",") + words.count(" and ") <= 3
