"""What the rules of a topic begin with ends them all at once, as each of them would have ended by itself."""

from __future__ import annotations

import pytest

from mailproof.checks import registry
from mailproof.dns import Answer
from mailproof.engine.judge import judge
from mailproof.model import DomainFacts
from mailproof.structs import replace
from tests.rules.test_rules import HERE, NOW, read_facts, resolver_of, settings
from tests.support.engine import audit_async

TOPICS = [topic for topic in registry.TOPICS if topic.begins]
NAMES = [topic.name for topic in TOPICS]


def same(topic: registry.Topic, facts: DomainFacts) -> set[str]:
    """The statuses of the topic's outcomes, which are what each rule says by itself."""
    checks = registry.of_topics(topic.name)
    alone = tuple(replace(check, begins=None) for check in checks)
    found = judge(checks, facts, facts.domain)
    assert found == judge(alone, replace(facts), facts.domain)
    return {outcome.status for outcome in found}


async def facts_of(rule: str, which: str) -> DomainFacts:
    path = HERE / rule / f"{which}.toml"
    if path.exists():
        return read_facts(path)
    case = settings(rule)
    resolver = resolver_of(rule, which, case)
    report = await audit_async(case.get("domain", "acme.example"), resolver, now=NOW, prove=False)
    assert report.facts.dns is not None
    return report.facts.dns


@pytest.mark.parametrize("topic", TOPICS, ids=NAMES)
async def test_in_the_worlds_of_its_rules(topic: registry.Topic) -> None:
    for rule in topic.ids:
        same(topic, await facts_of(rule, "bad"))


@pytest.mark.parametrize("topic", TOPICS, ids=NAMES)
def test_where_nothing_was_collected(topic: registry.Topic) -> None:
    assert same(topic, DomainFacts("acme.example")) <= {"skipped"}


class Silent:
    """Answers nothing."""

    async def query(self, name: str, rrtype: str) -> Answer:
        return Answer(name, rrtype, "timeout")


@pytest.mark.parametrize("topic", TOPICS, ids=NAMES)
async def test_where_nothing_is_known(topic: registry.Topic) -> None:
    report = await audit_async("acme.example", Silent(), now=NOW, prove=False)
    assert report.facts.dns is not None
    assert "pass" not in same(topic, report.facts.dns)


@pytest.mark.parametrize("topic", TOPICS, ids=NAMES)
def test_each_other_rule_is_one_of_the_topic(topic: registry.Topic) -> None:
    assert topic.others < set(topic.ids) or not topic.others
