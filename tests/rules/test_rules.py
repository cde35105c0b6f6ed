"""Runs every rule over its own bad and good fixture: tests/rules/<ID>/.

MAILPROOF_UPDATE_EXPECTED=1 rewrites expected.json; review it before you commit it.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from typing import Any

import pytest

from mailproof.checks import registry
from mailproof.engine.judge import judge
from mailproof.model import DeliveryFacts, InboundFacts, Outcome
from mailproof.policy import Policy
from mailproof.render.json import to_plain
from mailproof.structs import replace
from tests.support.filter_servers import Scripted
from tests.support.rulebook import KINDS, RULES, audited, read_facts, verified
from tests.support.worlds import read

UPDATE = bool(os.environ.get("MAILPROOF_UPDATE_EXPECTED"))
SECTIONS = ("## What it checks", "## Why it matters", "## How to fix", "## References")


async def outcome(rule: str, which: str) -> Outcome:
    facts = RULES / rule / f"{which}.toml"
    if KINDS[rule] == "delivery":
        delivery = read(facts, DeliveryFacts)
        outcomes = judge(registry.checks("delivery"), delivery, delivery.from_address.rpartition("@")[2])
    elif KINDS[rule] == "inbound":
        inbound = read(facts, InboundFacts)
        outcomes = judge(registry.checks("inbound"), inbound, inbound.recipient.rpartition("@")[2])
    elif KINDS[rule] == "message":
        async with verified(rule, which) as (report, script):
            outcomes = tuple(steady(each, script) for each in report.outcomes)
    elif facts.exists():
        domain = read_facts(facts)
        outcomes = judge(registry.checks("domain"), domain, domain.domain)
    else:
        outcomes = (await audited(rule, which)).outcomes
        alone = await audited(rule, which, policy=Policy(select=(rule,)))
        assert unrelated(alone.outcomes, rule) == unrelated(outcomes, rule), "as it is among all"
    return with_named_causes(next(each for each in outcomes if each.check == rule), outcomes)


def unrelated(outcomes: Iterable[Outcome], rule: str) -> list[Any]:
    """A rule's outcome, without relations. MX021 names anything found below a name."""
    return [
        (
            each.status,
            each.reason,
            [(f.severity, f.location, f.fix, rule == "MX021" or f.message) for f in each.findings],
        )
        for each in outcomes
        if each.check == rule
    ]


def with_named_causes(found: Outcome, outcomes: tuple[Outcome, ...]) -> Outcome:
    """The outcome with each cause's fingerprint replaced by its rule, for readability."""
    rules = {finding.fingerprint: finding.rule for each in outcomes for finding in each.findings}
    named = (replace(finding, because_of=rules.get(finding.because_of, "")) for finding in found.findings)
    return replace(found, findings=tuple(named))


def steady(found: Outcome, script: Scripted) -> Outcome:
    """The outcome with the scripted servers' ports replaced by the spam filters' default ports."""
    findings = tuple(replace(each, message=script.steady(each.message)) for each in found.findings)
    return replace(found, findings=findings, reason=script.steady(found.reason))


def said(value: Any) -> Any:
    """Plain data without empty values."""
    if isinstance(value, dict):
        return {key: said(each) for key, each in value.items() if each not in (None, "", [], {}, ())}
    return [said(each) for each in value] if isinstance(value, list | tuple) else value


@pytest.mark.parametrize("rule", sorted(KINDS))
async def test_bad_is_found(rule: str) -> None:
    found = await outcome(rule, "bad")
    plain = said(
        {
            "status": found.status,
            "reason": found.reason,
            "findings": [to_plain(finding) for finding in found.findings],
        }
    )
    path = RULES / rule / "expected.json"
    if UPDATE:
        path.write_text(json.dumps(plain, indent=2, ensure_ascii=False) + "\n")
    assert found.findings or found.status == "unknown", found
    assert plain == json.loads(path.read_text())


@pytest.mark.parametrize("rule", sorted(KINDS))
async def test_good_is_clean(rule: str) -> None:
    found = await outcome(rule, "good")
    assert not found.findings
    assert found.status == "pass", found


def test_each_rule_is_documented() -> None:
    for check in registry.every():
        assert check.rule.title.strip(), check.rule.id
        assert all(section in check.doc for section in SECTIONS), check.rule.id
        assert check.rule.references, check.rule.id


def test_each_rule_has_its_folder_and_each_folder_its_rule() -> None:
    folders = {path.name for path in RULES.iterdir() if path.is_dir() and path.name.isupper()}
    assert folders == set(KINDS)
