"""Rule by rule: the records a finding proposes are proven on its fixture, and remove the finding."""

from __future__ import annotations

import json

import pytest

from mailproof.checks import registry
from mailproof.dns.patch import PatchResolver, read_patches
from mailproof.engine.fixes import Fixer, ProposalWish
from mailproof.render.fix_zone import render_fix_zone
from tests.support.rulebook import RULES, audited, resolver_of

#: Hosts and keys that a fix refers to and that must be set up first, in that rule's fixture.
KEY = "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="
SET_UP = {
    "DKIM011": f's1.keys.esp.example. 3600 IN TXT "{KEY}"',
    "MX019": "mail-in.acme.example. 3600 IN A 192.0.2.25",
}


def with_records() -> list[str]:
    found = []
    for check in registry.checks("domain"):
        path = RULES / check.rule.id / "expected.json"
        if not path.exists() or not (RULES / check.rule.id / "bad.zone").exists():
            continue
        findings = json.loads(path.read_text()).get("findings", [])
        if any(each.get("fix", {}).get("records") for each in findings):
            found.append(check.rule.id)
    return found


@pytest.mark.parametrize("rule", with_records())
async def test_the_records_fix_the_finding(rule: str) -> None:
    world = PatchResolver(resolver_of(rule, "bad"), read_patches(SET_UP.get(rule, "")))
    before = await audited(rule, "bad", world)
    assert before.facts.dns is not None
    profile = before.facts.dns.profile
    fixer = Fixer(before, world, lambda resolver: audited(rule, "bad", resolver, profile=profile))
    wish = ProposalWish(("repair", "improvement", "decision"))
    proposal = await fixer.proposal(wish, before.findings)
    wanted = [f for f in before.findings if f.rule == rule and f.fix and f.fix.records]
    assert wanted
    left = [each for each in proposal.remaining if each.finding in wanted]
    assert not left, [each.why for each in left]
    # Written to the file and read back, it has the same effect.
    text = render_fix_zone([proposal])
    after = await audited(rule, "bad", PatchResolver(world, read_patches(text)), profile=profile)
    assert {f.fingerprint for f in proposal.surfaced} <= {f.fingerprint for f in after.findings}
    outcome = next(each for each in after.outcomes if each.check == rule)
    gone = {f.fingerprint for f in wanted} - {f.fingerprint for f in outcome.findings}
    assert gone or len(outcome.findings) < len(wanted), text
