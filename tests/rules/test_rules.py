"""Runs every rule over its own bad and good fixture: tests/rules/<ID>/.

MAILPROOF_UPDATE_EXPECTED=1 writes expected.json anew; read it before you commit it.
"""

from __future__ import annotations

import json
import os
import tomllib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

from mailproof.checks import registry
from mailproof.dns import Resolver
from mailproof.engine.judge import judge
from mailproof.model import DeliveryFacts, DomainFacts, Expectations, InboundFacts, Outcome
from mailproof.render.json import to_plain
from mailproof.structs import replace
from tests.support.engine import audit_async, verify_async
from tests.support.filter_servers import Scripted, scripted_filters
from tests.support.resolvers import FailingResolver, Relabelled, zone
from tests.support.worlds import read

HERE = Path(__file__).parent
UPDATE = bool(os.environ.get("MAILPROOF_UPDATE_EXPECTED"))
NOW = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)
SECTIONS = ("## What it checks", "## Why it matters", "## How to fix", "## References")
KINDS = {rule: topic.kind for topic in registry.TOPICS for rule in topic.ids}


def settings(rule: str) -> dict[str, Any]:
    path = HERE / rule / "case.toml"
    return tomllib.loads(path.read_text()) if path.exists() else {}


def resolver_of(rule: str, which: str, case: dict[str, Any]) -> Resolver:
    path = HERE / rule / f"{which}.zone"
    if not path.exists():
        path = HERE / rule / "both.zone"
    inner: Resolver = zone(path.read_text() if path.exists() else "")
    if case.get("live"):
        inner = Relabelled(inner, "192.0.2.53:53")
    failures = case.get("failures", {}).get(which, {})
    return FailingResolver(inner, {tuple(key.rsplit("/", 1)): status for key, status in failures.items()})


def expectations(case: dict[str, Any]) -> Expectations | None:
    """What the case says that mailproof.toml expects."""
    return msgspec.convert(case["expect"], Expectations) if "expect" in case else None


def read_facts(path: Path) -> DomainFacts:
    """Facts that no zone file can bring about: connections, DNSSEC."""
    return read(path, DomainFacts)


async def outcome(rule: str, which: str) -> Outcome:
    case = settings(rule)
    now = datetime.fromisoformat(case["now"]) if "now" in case else NOW
    if KINDS[rule] == "delivery":
        facts = read(HERE / rule / f"{which}.toml", DeliveryFacts)
        outcomes = judge(registry.checks("delivery"), facts, facts.from_address.rpartition("@")[2])
    elif KINDS[rule] == "inbound":
        inbound = read(HERE / rule / f"{which}.toml", InboundFacts)
        outcomes = judge(registry.checks("inbound"), inbound, inbound.recipient.rpartition("@")[2])
    elif KINDS[rule] == "message":
        async with scripted_filters(HERE / rule, which) as script:
            report = await verify_async(
                (HERE / rule / f"{which}.eml").read_bytes(),
                case.get("ip"),
                case.get("helo"),
                case.get("mail_from"),
                resolver_of(rule, which, case),
                now,
                trust=case.get("trust"),
                filters=script.settings,
            )
        outcomes = tuple(steady(each, script) for each in report.outcomes)
    elif (HERE / rule / f"{which}.toml").exists():
        facts_of_domain = read_facts(HERE / rule / f"{which}.toml")
        outcomes = judge(registry.checks("domain"), facts_of_domain, facts_of_domain.domain)
    else:
        report = await audit_async(
            case.get("domain", "acme.example"),
            resolver_of(rule, which, case),
            selectors=tuple(case.get("selectors", ())),
            ips=tuple(case.get("ips", ())),
            now=now,
            profile=case.get("profile", "auto"),
            receivers=tuple(case.get("receivers", ())),
            prove=False,
            expected=expectations(case),
        )
        outcomes = report.outcomes
    return with_named_causes(next(each for each in outcomes if each.check == rule), outcomes)


def with_named_causes(found: Outcome, outcomes: tuple[Outcome, ...]) -> Outcome:
    """The outcome with the rule of each cause in the place of its fingerprint, which nobody can read."""
    rules = {finding.fingerprint: finding.rule for each in outcomes for finding in each.findings}
    named = (replace(finding, because_of=rules.get(finding.because_of, "")) for finding in found.findings)
    return replace(found, findings=tuple(named))


def steady(found: Outcome, script: Scripted) -> Outcome:
    """The outcome with the usual ports of spam filters in the place of the scripted servers'."""
    findings = tuple(replace(each, message=script.steady(each.message)) for each in found.findings)
    return replace(found, findings=findings, reason=script.steady(found.reason))


def said(value: Any) -> Any:
    """Plain data without what is empty."""
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
    path = HERE / rule / "expected.json"
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
    folders = {path.name for path in HERE.iterdir() if path.is_dir() and path.name.isupper()}
    assert folders == set(KINDS)
