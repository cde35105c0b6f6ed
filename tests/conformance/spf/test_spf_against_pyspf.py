"""Our check_host and pyspf's on random records, from a fixed seed: they agree on every client.

Excluded are two points in which pyspf goes beyond RFC 7208: it returns permerror for a record that
includes its own name before evaluating it, and counts the PTR query of ``%{p}`` as a separate void
lookup. Counts are not compared: pyspf counts a redirect that it never reaches, and looks up all
hosts of an mx even if the first one matches.
"""

from __future__ import annotations

import random

import pytest

from mailproof.adapters.pyspf import check_host_pyspf
from mailproof.auth.spf import check_host
from mailproof.model import Status
from tests.support.resolvers import FailingResolver, zone

NAMES = [f"n{number}.acme.example" for number in range(8)]
MACROS = ["%{o}", "n1.%{d2}", "%{h}", "%{l}.acme.example", "%{ir}.x.acme.example", "gone.acme.example"]
WORLDS = 80


class World:
    """A random set of records that refer to each other."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        pick = self.random.choice
        lines = ['$ORIGIN acme.example.\nwhy 60 IN TXT "no %{i} %{s}"']
        for name in NAMES:
            label = name.partition(".")[0]
            if self.random.random() < 0.85:
                lines.append(f'{label} 60 IN TXT "{self.record(name)}"')
            if self.random.random() < 0.5:
                lines.append(f"{label} 60 IN A 192.0.2.{self.random.randrange(6)}")
            if self.random.random() < 0.4:
                lines.append(f"{label} 60 IN AAAA 2001:db8::{self.random.randrange(6)}")
            lines += [f"{label} 60 IN MX {n} {pick(NAMES)}." for n in range(pick([0, 0, 1, 2]))]
        lines.append("$ORIGIN 2.0.192.in-addr.arpa.")
        lines += [f"{n} 60 IN PTR {pick(NAMES)}." for n in range(6) if self.random.random() < 0.6]
        statuses: list[Status] = ["servfail", "timeout"]
        failures = (
            {(pick(NAMES), pick(["TXT", "A", "MX"])): pick(statuses)} if self.random.random() < 0.3 else {}
        )
        self.text = "\n".join(lines) + "\n"
        self.resolver = FailingResolver(zone(self.text), failures)

    def record(self, name: str) -> str:
        ends = ["-all", "~all", "?all", "all", "", "-all exp=why.acme.example"]
        end = self.random.choice([*ends, f"redirect={self.random.choice(NAMES)}"])
        return " ".join(["v=spf1", *(self.term(name) for _ in range(self.random.randrange(5))), end]).strip()

    def term(self, name: str) -> str:
        pick, number = self.random.choice, self.random.randrange(4)
        qualifier = pick(["", "", "", "-", "~", "?"])
        target = pick([each for each in NAMES + MACROS if each != name])
        terms = [
            f"include:{pick([each for each in NAMES if each != name])}",
            f"include:{target}" if target != "%{o}" else "mx",
            f"a:{target}{pick(['', '/24', '//64', '/24//64'])}",
            f"mx:{target}{pick(['', '/24'])}",
            f"exists:{target}",
            "a",
            f"ip4:192.0.2.{number}{pick(['', '/24', '/31'])}",
            f"ip6:2001:db8::{number}{pick(['', '/64'])}",
            "ip4:203.0.113.1",
            pick(["moo", "a:b", "ip4:1", "ip4:192.0.2.1/33", "mx/24", "mx", "a//129"]),
        ]
        return qualifier + pick(terms)


@pytest.mark.parametrize("seed", range(WORLDS))
async def test_they_agree(seed: int) -> None:
    world = World(seed)
    sender, helo = f"ann@{NAMES[0]}", "n3.acme.example"
    for ip in ("192.0.2.1", "192.0.2.5", "2001:db8::1", "2001:db8::4"):
        ours = await check_host(ip, sender, helo, resolver=world.resolver)
        theirs = await check_host_pyspf(ip, sender, helo, resolver=world.resolver)
        told = (
            f"{ip}\nours: {ours.result}: {ours.reason}\npyspf: {theirs.result}: {theirs.reason}\n{world.text}"
        )
        assert ours.result == theirs.result, told


def test_the_worlds_are_not_all_alike() -> None:
    texts = {World(seed).text for seed in range(WORLDS)}
    assert len(texts) == WORLDS
