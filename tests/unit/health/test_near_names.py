"""A domain that does not exist: similar names that may be intended."""

from __future__ import annotations

import pytest

from mailproof.facts.zones import MAX_NEAR, collect_near_names
from mailproof.records.near_names import MAX_KNOWN, MAX_SLIPS, known_near, slips_undone
from tests.support.engine import audit_async
from tests.support.resolvers import FailingResolver, zone

WORLD = "".join(
    f"{name}. IN SOA ns1 host 1 2 3 4 5\n" for name in ("good.test", "acme.com", "shop.example", "gmail.com")
)


@pytest.mark.parametrize(
    ("domain", "near"),
    [
        ("godo.test", ["good.test"]),
        ("goood.test", ["good.test"]),
        ("god.test", ["good.test"]),
        ("shpo.example", ["shop.example"]),
        ("acme.con", ["acme.com"]),
        ("acme.cmo", ["acme.com"]),
        ("gmial.com", ["gmail.com"]),
        ("gmail.con", ["gmail.com"]),
        ("news.good.test", ["good.test"]),
        ("nothing-like-it.test", []),
        ("good.test", []),
    ],
)
async def test_names_that_exist_and_are_near(domain: str, near: list[str]) -> None:
    assert list(await collect_near_names(domain, zone(WORLD))) == near


async def test_a_well_known_name_needs_no_answer_and_any_other_does() -> None:
    names = ("gmail.com", "good.test")
    failing = FailingResolver(zone(WORLD), {(name, "SOA"): "timeout" for name in names})
    assert await collect_near_names("gmial.com", failing) == ("gmail.com",)
    assert await collect_near_names("godo.test", failing) == ()


async def test_a_domain_that_exists_or_is_unknown_costs_one_question() -> None:
    resolver = FailingResolver(zone(WORLD), {("godo.test", "SOA"): "servfail"})
    assert await collect_near_names("good.test", resolver) == ()
    assert await collect_near_names("godo.test", resolver) == ()
    assert len(resolver.asked) == 2


def test_the_questions_are_bounded() -> None:
    long = f"{'ab' * 31}.example"
    assert len(slips_undone(long)) == MAX_SLIPS
    assert all(len(name.partition(".")[0]) <= 63 for name in slips_undone(f"{'a' * 63}.test"))
    assert slips_undone("a.test") == ("aa.test",)
    assert all(len(known_near(f"x.{top}")) <= MAX_KNOWN for top in ("con", "cmo", "a", "ort", "ne"))
    assert known_near("acme.com") == ()
    assert MAX_NEAR < MAX_SLIPS


@pytest.mark.parametrize(
    ("domain", "words"),
    [
        ("godo.test", "(NXDOMAIN). Did you mean good.test?"),
        ("goood.test", "(NXDOMAIN). Did you mean good.test?"),
        ("news.good.test", "good.test exists, but has no such name below it"),
        ("far-off.test", "far-off.test does not exist (NXDOMAIN)."),
    ],
)
async def test_the_finding_names_them(domain: str, words: str) -> None:
    report = await audit_async(domain, zone(WORLD))
    (finding,) = [f for f in report.findings if f.rule == "DOM001"]
    assert words in finding.message
    assert finding.message.endswith(("?", "."))
