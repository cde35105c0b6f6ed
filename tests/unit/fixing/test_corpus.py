"""Every zone of this repository, fixed as mailproof proposes: no mail is worse off."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path

import pytest

from mailproof.dns import MemoResolver
from mailproof.dns.patch import PatchResolver, read_patches
from mailproof.engine.audit import Audit, AuditOptions
from mailproof.engine.fixes import ProposalWish
from mailproof.engine.session import Session
from mailproof.model import FixProposal, Report
from mailproof.render.fix_zone import render_fix_zone
from tests.support.promises import broken_promises
from tests.support.resolvers import zone
from tests.support.rulebook import NOW, RULES, domain_of, now_of, options_of, resolver_of

ROOT = Path(__file__).resolve().parents[3]
RULE_WORLDS = sorted(path.parent.name for path in RULES.glob("*/bad.zone"))
OTHER_ZONES = sorted(
    str(path.relative_to(ROOT)) for path in (ROOT / "fixtures").rglob("*.zone") if "cases" not in path.parts
)


async def proposed(
    domain: str,
    world: MemoResolver,
    options: AuditOptions,
    now: datetime,
    wish: ProposalWish = ProposalWish(),  # noqa: B008 (frozen)
) -> tuple[Report, Report, FixProposal, PatchResolver]:
    """The report, the report with proven fixes, the proposal, and the data with the proposal applied."""
    async with Session(world, now=now) as session, session.work() as work:
        audit = Audit(domain, session, work, options)
        report = await audit.report()
        fixer = await audit.fixer(report)
        proposal = await fixer.proposal(wish, report.findings)
        text = render_fix_zone([proposal])
        return report, await fixer.proven(), proposal, PatchResolver(world, read_patches(text))


def contradictions(report: Report) -> list[str]:
    """Fixes in one report that require different records at one name (a decision builds on the fix)."""
    seen: dict[tuple[str, str, str], set[frozenset[str]]] = {}
    for finding in report.findings:
        if finding.fix is None:
            continue
        kind = "decision" if finding.fix.kind == "decision" else "fix"
        sets: dict[tuple[str, str], set[str]] = {}
        for record in finding.fix.records:
            sets.setdefault((record.name, record.rrtype), set()).add(f"{record.action} {record.value}")
        for (name, rrtype), lines in sets.items():
            seen.setdefault((kind, name, rrtype), set()).add(frozenset(lines))
    return [f"{key}: {values}" for key, values in seen.items() if len(values) > 1]


async def check(
    domain: str, world: MemoResolver, options: AuditOptions, text: str, now: datetime = NOW
) -> None:
    report, proven, proposal, after = await proposed(domain, world, options, now)
    assert report.facts.dns is not None
    sends = report.facts.dns.profile == "sending"
    assert await broken_promises(domain, world, after, proposal, text, sends=sends) == []
    assert contradictions(proven) == []
    # Both lists together name every finding once.
    told = [*proposal.fixed, *(each.finding for each in proposal.remaining)]
    assert sorted(f.fingerprint for f in told) == sorted(f.fingerprint for f in report.findings)
    assert all(each.why for each in proposal.remaining)


@pytest.mark.parametrize("rule", RULE_WORLDS)
async def test_worlds_of_the_rules(rule: str) -> None:
    options = AuditOptions(**{**options_of(rule), "prove": True})
    world = MemoResolver(resolver_of(rule, "bad"))
    text = (RULES / rule / "bad.zone").read_text()
    await check(domain_of(rule), world, options, text, now_of(rule))


@pytest.mark.parametrize("path", OTHER_ZONES)
async def test_other_zones(path: str) -> None:
    text = (ROOT / path).read_text()
    origins = re.findall(r"(?m)^\$ORIGIN\s+(\S+)\.\s*$", text) or re.findall(
        r"(?m)^(\S+)\.\s+\d*\s*IN\s+SOA", text
    )
    for domain in dict.fromkeys(name.lower() for name in origins):
        if "." in domain:
            await check(domain, MemoResolver(zone(text)), AuditOptions(), text)
