"""The common input of several checks is computed once: each gives the same result as alone."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from mailproof.checks import registry
from mailproof.checks.base import Check, ImpossibleHere, NotApplicable, Reporter, Undetermined
from mailproof.dns import Answer
from mailproof.engine.judge import judge
from mailproof.model import DomainFacts, Lookup, Rule, Severity
from mailproof.structs import replace
from tests.support.engine import audit_async
from tests.support.rulebook import NOW, RULES, audited, read_facts

NAMES = [
    topic.name
    for topic in registry.TOPICS
    if topic.kind == "domain" and any(check.begins for check in registry.of_topics(topic.name))
]
FACTS = DomainFacts("acme.example")
LOOKUP = Lookup("acme.example", "TXT", "timeout")


def same(name: str, facts: DomainFacts) -> set[str]:
    """The statuses of the topic's outcomes, after asserting that each rule alone gives the same."""
    checks = registry.of_topics(name)
    found = judge(checks, facts, facts.domain)
    alone = [judge((check,), replace(facts), facts.domain) for check in checks]
    assert found == tuple(outcome for outcomes in alone for outcome in outcomes)
    return {outcome.status for outcome in found}


async def facts_of(rule: str) -> DomainFacts:
    path = RULES / rule / "bad.toml"
    if path.exists():
        return read_facts(path)
    report = await audited(rule, "bad")
    assert report.facts.dns is not None
    return report.facts.dns


@pytest.mark.parametrize("name", NAMES)
async def test_in_the_worlds_of_its_rules(name: str) -> None:
    for rule in (check.rule.id for check in registry.of_topics(name)):
        same(name, await facts_of(rule))


class Silent:
    """Never answers."""

    async def query(self, name: str, rrtype: str) -> Answer:
        return Answer(name, rrtype, "timeout")


@pytest.mark.parametrize("name", NAMES)
async def test_where_nothing_is_known(name: str) -> None:
    report = await audit_async("acme.example", Silent(), now=NOW, prove=False)
    assert report.facts.dns is not None
    same(name, report.facts.dns)


def checks_of(begins: Callable[..., object], times: int = 2) -> list[Check[DomainFacts]]:
    def run(found: object, report: Reporter) -> None:
        report(f"found {found}")

    rules = [Rule(f"TST00{number}", "A rule", Severity.ERROR, "spf", ()) for number in range(times)]
    return [Check(rule, run, begins=begins) for rule in rules]


def test_it_is_made_once_and_what_is_unknown_is_said_by_each() -> None:
    made = []

    def begins(facts: DomainFacts, report: Reporter) -> str:
        made.append(facts)
        report.unanswered(LOOKUP)
        return "it"

    outcomes = judge(checks_of(begins), FACTS, FACTS.domain)
    assert made == [FACTS]
    assert [outcome.check for outcome in outcomes] == ["TST000", "TST001"]
    for outcome in outcomes:
        assert [finding.message for finding in outcome.findings] == ["found it"]
        assert outcome.status == "fail"
        assert outcome.reason == LOOKUP.describe()


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (NotApplicable("nothing"), "skipped"),
        (Undetermined("open"), "unknown"),
        (ImpossibleHere("transport", "closed"), "skipped"),
        (ValueError("a fault of ours"), "error"),
    ],
)
def test_what_ends_it_ends_all(error: Exception, status: str) -> None:
    def begins(facts: DomainFacts) -> None:
        raise error

    outcomes = judge(checks_of(begins), FACTS, FACTS.domain)
    assert [(each.check, each.status, each.findings) for each in outcomes] == [
        ("TST000", status, ()),
        ("TST001", status, ()),
    ]
    assert all(str(error) in each.reason for each in outcomes)
