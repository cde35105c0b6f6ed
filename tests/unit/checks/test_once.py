"""What rules share is made once of the same facts, and is the same for each of them."""

from __future__ import annotations

import pytest

from mailproof.checks.base import ImpossibleHere, NotApplicable, Reporter, Undetermined
from mailproof.checks.once import once
from mailproof.model import DomainFacts, Lookup, Rule, Severity
from mailproof.structs import replace

FIRST, SECOND = (Rule(f"SPF99{n}", "Title", Severity.ERROR, "spf", ()) for n in (8, 9))
FAILED = Lookup("a.example", "TXT", "timeout")


def test_it_is_made_once_of_the_same_facts() -> None:
    made: list[str] = []

    @once
    def shared(facts: DomainFacts) -> str:
        made.append(facts.domain)
        return facts.domain.upper()

    facts = DomainFacts("acme.example")
    assert [shared(facts), shared(facts)] == ["ACME.EXAMPLE"] * 2
    assert made == ["acme.example"]
    assert shared(replace(facts, domain="b.example")) == "B.EXAMPLE"
    assert shared(replace(facts, profile="parked")) == "ACME.EXAMPLE"
    assert made == ["acme.example", "b.example", "acme.example"]


def test_each_argument_has_a_result_of_its_own() -> None:
    @once
    def shared(facts: DomainFacts, report: Reporter, name: str) -> str:
        return f"{name}:{facts.domain}"

    facts = DomainFacts("acme.example")
    report = Reporter(FIRST, "acme.example")
    assert [shared(facts, report, name) for name in ("a", "b", "a")] == [
        "a:acme.example",
        "b:acme.example",
        "a:acme.example",
    ]


def test_what_is_unknown_is_unknown_to_each_rule() -> None:
    @once
    def shared(facts: DomainFacts, report: Reporter) -> int:
        report.unanswered(FAILED)
        return 1

    facts = DomainFacts("acme.example")
    for rule in (FIRST, SECOND):
        report = Reporter(rule, "acme.example")
        report.unknown("before")
        assert shared(facts, report) == 1
        assert str(report.undetermined) == f"before; {FAILED.describe()}"
    clean = Reporter(SECOND, "acme.example")
    shared(facts, clean)
    assert clean.undetermined is not None
    assert clean.undetermined.lookups == (FAILED,)


@pytest.mark.parametrize(
    "error",
    [NotApplicable("none"), Undetermined.of(FAILED), ImpossibleHere("transport", "port 25 is closed")],
)
def test_what_ends_one_rule_ends_the_others(error: Exception) -> None:
    @once
    def shared(facts: DomainFacts, report: Reporter) -> None:
        report.unknown("also")
        raise error

    facts = DomainFacts("acme.example")
    seen = []
    for rule in (FIRST, SECOND):
        report = Reporter(rule, "acme.example")
        with pytest.raises(type(error), match=str(error)) as raised:
            shared(facts, report)
        assert str(report.undetermined) == "also"
        assert vars(raised.value) == vars(error)
        seen.append(raised.value)
    assert seen[0] is not seen[1]  # else each would lengthen the other's traceback


def test_a_fault_is_not_kept() -> None:
    @once
    def shared(facts: DomainFacts) -> None:
        raise ValueError("ours")

    facts = DomainFacts("acme.example")
    for _ in range(2):
        with pytest.raises(ValueError, match="ours"):
            shared(facts)
    assert not facts.derived
