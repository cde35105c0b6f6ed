"""A failed lookup never makes a rule "pass" or "not apply" if the answer would be a fault.

Each rule runs on its own bad zone, with one of its lookups failing at a time: all except
those for guessed DKIM selectors that do not exist.
"""

from __future__ import annotations

import pytest

from mailproof.policy import Policy
from tests.support.resolvers import FailingResolver
from tests.support.rulebook import KINDS, NOW, RULES, audited, resolver_of

#: Rule and lookup (name, type): why "pass" is still right.
ARGUED = {
    (
        "DKIM021",
        "s2._domainkey.acme.example",
        "TXT",
    ): "it was guessed: nobody says that it is in use",
}


async def status_of(rule: str, resolver: FailingResolver) -> str:
    """The rule's status, with only the lookups it needs."""
    report = await audited(rule, "bad", resolver, policy=Policy(select=(rule,)), now=NOW)
    found = next(each for each in report.outcomes if each.check == rule)
    return "found" if found.findings else found.status


async def passing(rule: str) -> list[tuple[str, str, str]]:
    """The lookups whose failure lets the rule pass on its bad zone."""
    inner = resolver_of(rule, "bad")
    whole = FailingResolver(inner, {})
    assert await status_of(rule, whole) != "pass"
    found = []
    for name, rrtype in dict.fromkeys(whole.asked):
        if "._domainkey." in name and (await inner.query(name, rrtype)).status == "nxdomain":
            continue
        if await status_of(rule, FailingResolver(inner, {(name, rrtype): "servfail"})) in ("pass", "skipped"):
            found.append((rule, name, rrtype))
    return found


def of_zones() -> list[str]:
    return [
        rule
        for rule, kind in sorted(KINDS.items())
        if kind == "domain" and not (RULES / rule / "bad.toml").exists()
    ]


@pytest.mark.parametrize("rule", of_zones())
async def test_a_failed_lookup_is_no_pass(rule: str) -> None:
    assert [each for each in await passing(rule) if each not in ARGUED] == []
