"""Expectations written by init --domain hold for the same domain: no findings, with any zone."""

from __future__ import annotations

from pathlib import Path

import pytest

from mailproof.config.load import parse_config
from mailproof.config.settings import DomainSettings
from mailproof.config.writing import DomainText, config_text
from mailproof.engine.expecting import expectations_of
from mailproof.model import Expectations, SpfExpected
from mailproof.policy import Policy
from tests.support.engine import audit_async
from tests.support.resolvers import zone
from tests.support.rulebook import NOW, RULES

ONLY = Policy(select=("EXP",))
WORLDS = sorted(
    path.relative_to(RULES).as_posix()
    for topic in ("SPF", "DKIM", "DMARC", "MX", "EXP")
    for path in RULES.glob(f"{topic}0*/bad.zone")
)


@pytest.mark.parametrize("world", WORLDS)
async def test_nothing_differs_from_what_was_written(world: str) -> None:
    resolver = zone((RULES / world).read_text())
    before = await audit_async(
        "acme.example", resolver, policy=ONLY, now=NOW, prove=False, expected=Expectations()
    )
    assert before.facts.dns is not None
    today = expectations_of(before.facts.dns)
    settings = DomainSettings("acme.example", expect=today.expected)
    text = config_text([DomainText(settings, ("a\nb",))], remark="x")
    (read,) = parse_config(text, Path("m.toml")).domains
    assert read.expect == today.expected
    after = await audit_async(
        "acme.example", resolver, policy=ONLY, now=NOW, prove=False, expected=read.expect
    )
    assert [each.message for each in after.findings] == []


async def test_a_broken_record_gives_no_result_of_its_all() -> None:
    """It is permerror, whatever is in it (RFC 7208 section 4.6)."""
    resolver = zone('acme.example. 60 IN TXT "v=spf1 ip4:192.0.2.1 -all;"')
    expected = Expectations(spf=SpfExpected(rest="fail"))
    report = await audit_async("acme.example", resolver, policy=ONLY, now=NOW, expected=expected)
    (message,) = [each.message for each in report.findings]
    assert "does not name get permerror, and mailproof.toml expects fail" in message
