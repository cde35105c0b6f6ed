"""An include shared by many domains is evaluated once, and again if anything about it differs."""

from __future__ import annotations

import pytest

from mailproof.dns import MemoResolver, ZoneResolver
from mailproof.facts.spf import collect_spf
from mailproof.model import SpfFacts

WORLD = """
$TTL 3600
. SOA a. h. 1 1 1 1 1
spf.esp.test. TXT "v=spf1 include:a.esp.test a:gone.esp.test ip4:192.0.2.1 -all"
a.esp.test. TXT "v=spf1 exists:%{o}.esp.test ip4:198.51.100.0/24 -all"
one.test. TXT "v=spf1 include:spf.esp.test -all"
two.test. TXT "v=spf1 include:spf.esp.test -all"
later.test. TXT "v=spf1 a include:spf.esp.test -all"
void.test. TXT "v=spf1 a include:spf.esp.test -all"
later.test. A 192.0.2.9
plain.test. TXT "v=spf1 include:b.esp.test -all"
other.test. TXT "v=spf1 include:b.esp.test -all"
b.esp.test. TXT "v=spf1 ip4:192.0.2.1 -all"
loop.test. TXT "v=spf1 include:c.esp.test -all"
c.esp.test. TXT "v=spf1 include:loop.test -all"
unlooped.test. TXT "v=spf1 include:c.esp.test -all"
"""


async def alone(domain: str, world: str = WORLD) -> SpfFacts:
    return await collect_spf(domain, MemoResolver(ZoneResolver.from_text(world, strict=True)))


async def test_a_shared_include_is_the_same_object() -> None:
    run = MemoResolver(ZoneResolver.from_text(WORLD, strict=True))
    one, other = [await collect_spf(name, run) for name in ("plain.test", "other.test")]
    assert one.root.costs[0].child is other.root.costs[0].child
    assert one.root.costs[0].child is not None


@pytest.mark.parametrize(
    "names",
    [
        ("one.test", "two.test"),  # %{o} differs
        ("one.test", "later.test"),  # one more lookup before it
        ("later.test", "void.test"),  # one more void lookup before it
        ("loop.test", "unlooped.test"),  # the path differs
        ("unlooped.test", "loop.test"),
        ("one.test", "one.test"),
    ],
)
async def test_what_differs_is_counted_anew(names: tuple[str, str]) -> None:
    run = MemoResolver(ZoneResolver.from_text(WORLD, strict=True))
    for name in names:
        assert await collect_spf(name, run) == await alone(name)


async def test_a_changed_answer_below_an_include_counts() -> None:
    """The run's cache still has the answer for the include, but that for a name below it has expired."""
    run = MemoResolver(ZoneResolver.from_text(WORLD, strict=True))
    before = await collect_spf("one.test", run)
    changed = WORLD.replace("198.51.100.0/24", "203.0.113.0/24")
    fresh = ZoneResolver.from_text(changed, strict=True)
    run._found["a.esp.test", "TXT"] = fresh.known("a.esp.test", "TXT")
    after = await collect_spf("one.test", run)
    assert before.allowed is not None
    assert after.allowed is not None
    assert "198.51.100.0/24" in before.allowed.ranges
    assert "198.51.100.0/24" not in after.allowed.ranges
    assert "203.0.113.0/24" in after.allowed.ranges
