"""Rule by rule: the records of a finding, laid over the data, make it vanish, and break nothing."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from mailproof.checks import DOMAIN_CHECKS
from mailproof.dns import Resolver
from mailproof.dns.patch import PatchResolver, read_patches
from mailproof.engine.audit import audit_async
from mailproof.engine.fixes import Fixer
from mailproof.model import Finding, Report, Severity
from mailproof.render.fix_zone import render_fix_zone
from tests.rules.test_rules import NOW, resolver_of, settings

HERE = Path(__file__).parent
#: Hosts and keys that a fix names and that are to be set up first, in the world of that rule's fixture.
KEY = "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="
SET_UP = {
    "DKIM011": f's1.keys.esp.example. 3600 IN TXT "{KEY}"',
    "MX001": "mail.acme.example. 3600 IN A 192.0.2.25",
    "MX003": "mail.acme.example. 3600 IN A 192.0.2.25",
    "MX014": "mail.acme.example. 3600 IN A 192.0.2.40",
    "MX017": "mail.acme.example. 3600 IN A 192.0.2.40",
    "MX019": "mail-in.acme.example. 3600 IN A 192.0.2.25",
}
#: Errors of other rules that the same fault shows as, once the finding itself is gone.
SAME_FAULT = {
    "DOM005": {"MX001"},  # the alias gave the domain its address; which one it is to have, nobody knows
    "MX008": {"MX005"},  # without its private addresses the host has none: the public one is not known
    "DKIM017": {"DKIM001"},  # behind the wildcard that is removed, the selector in use has no key
}


def with_records() -> list[str]:
    found = []
    for check in DOMAIN_CHECKS:
        path = HERE / check.rule.id / "expected.json"
        if not path.exists() or not (HERE / check.rule.id / "bad.zone").exists():
            continue
        findings = json.loads(path.read_text())["findings"]
        if any((each["fix"] or {}).get("records") for each in findings):
            found.append(check.rule.id)
    return found


async def audited(rule: str, case: dict[str, Any], resolver: Resolver, profile: str = "") -> Report:
    now = datetime.fromisoformat(case["now"]) if "now" in case else NOW
    return await audit_async(
        case.get("domain", "acme.example"),
        resolver,
        selectors=tuple(case.get("selectors", ())),
        ips=tuple(case.get("ips", ())),
        now=now.astimezone(UTC),
        profile=profile or case.get("profile", "auto"),
        prove=False,
    )


def place(finding: Finding) -> tuple[str, str, str]:
    return finding.rule, finding.subject, finding.location.name if finding.location else ""


@pytest.mark.parametrize("rule", with_records())
async def test_the_records_mend_the_finding(rule: str) -> None:
    case = settings(rule)
    world = PatchResolver(resolver_of(rule, "bad", case), read_patches(SET_UP.get(rule, "")))
    before = await audited(rule, case, world)
    assert before.facts.dns is not None
    profile = before.facts.dns.profile
    proposal = await Fixer(before, world, lambda r: audited(rule, case, r, profile)).proposal(
        kinds=("repair", "improvement", "decision")
    )
    text = render_fix_zone([proposal])
    after = await audited(rule, case, PatchResolver(world, read_patches(text)), profile)
    wanted = {f.fingerprint for f in before.findings if f.rule == rule and f.fix and f.fix.records}
    assert wanted
    left = {f.fingerprint for f in after.findings} & wanted
    assert not left, text
    assert wanted <= {f.fingerprint for f in proposal.fixed}
    outcome = next(each for each in after.outcomes if each.check == rule)
    assert outcome.status not in ("unknown", "error"), outcome
    known = {place(f) for f in before.findings}
    new = {f.rule for f in after.findings if f.severity is Severity.ERROR and place(f) not in known}
    assert new == SAME_FAULT.get(rule, set()), text
