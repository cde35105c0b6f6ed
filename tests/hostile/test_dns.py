"""Hostile zones: records made to cost time, and how they are reported."""

from __future__ import annotations

import asyncio

import pytest
from dns.rdata import Rdata
from dns.rdataclass import IN
from dns.rdatatype import TXT as TXT_TYPE
from dns.rdtypes.ANY.TXT import TXT

from mailproof.auth.spf import check_host
from mailproof.dns import Answer
from mailproof.model import Report
from mailproof.records.spf.limits import MAX_OCTETS
from tests.support.engine import audit_async

BOMB = "bomb.example"


def txt(text: str) -> Rdata:
    return TXT(IN, TXT_TYPE, tuple(text[at : at + 255].encode() for at in range(0, len(text), 255)))


class Bomb:
    """A tree of SPF records of maximum size: ten includes in each of the first ten."""

    def __init__(self, body: str, size: int) -> None:
        self.body, self.size = body, size
        self.asked: list[str] = []

    async def query(self, name: str, rrtype: str) -> Answer:
        """See Resolver."""
        await asyncio.sleep(0)
        first = name.partition(".")[0]
        number = 0 if name == BOMB else int(first[1:]) if first[1:].isdigit() and first[0] == "s" else -1
        if rrtype != "TXT" or number < 0:
            return Answer(name, rrtype, "nodata")
        self.asked.append(name)
        children = range(number * 10 + 1, number * 10 + 11) if number < 10 else ()
        includes = " ".join(f"include:s{each}.{BOMB}" for each in children)
        text = f"v=spf1 {includes} "
        return Answer(
            name, rrtype, "ok", (txt(text + self.body * ((self.size - len(text)) // len(self.body))),)
        )


BODIES = {
    "networks": "ip4:10.1.2.3 ",
    "addresses": "a:host.bomb.example ",
    "no term": "inclde:x.example ",
    "one word": "ip4:10.0.0.1",
    "empty": "  ",
}


def octets(report: Report) -> int:
    """The total size of the parsed records."""
    assert report.facts.dns is not None
    spf = report.facts.dns.spf
    assert spf is not None
    waiting, total = [spf.root], 0
    for node in waiting:
        total += len(node.record.text) if node.record is not None else 0
        waiting.extend(cost.child for cost in node.costs if cost.child is not None)
    return total


@pytest.mark.parametrize(
    ("body", "size"),
    [(body, 12_600 if name == "networks" else 63_000) for name, body in BODIES.items()],
    ids=BODIES,
)
async def test_a_tree_of_huge_spf_records(body: str, size: int) -> None:
    report = await audit_async(BOMB, Bomb(body, size))
    assert octets(report) <= MAX_OCTETS
    states = {outcome.check: outcome for outcome in report.outcomes}
    assert any("not read" in finding.message for finding in states["SPF020"].findings)
    assert report.incomplete
    verdict = await check_host("192.0.2.1", f"a@{BOMB}", "h", resolver=Bomb(body, size))
    assert verdict.result == "permerror"


class One:
    """One record at the domain, and nothing else."""

    def __init__(self, text: str) -> None:
        self.text = text

    async def query(self, name: str, rrtype: str) -> Answer:
        """See Resolver."""
        found = (name, rrtype) == (BOMB, "TXT")
        return Answer(name, rrtype, "ok", (txt(self.text),)) if found else Answer(name, rrtype, "nodata")


@pytest.mark.parametrize(("more", "result"), [(0, "pass"), (1, "permerror")])
async def test_a_record_that_just_has_room_is_read(more: int, result: str) -> None:
    text = "v=spf1 ip4:10.1.2.3".ljust(MAX_OCTETS + more)
    assert (await check_host("10.1.2.3", f"a@{BOMB}", "h", resolver=One(text))).result == result
