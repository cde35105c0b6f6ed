"""Tables of small changes and the rules' results for each, one file per topic.

A file starts with the base data; its first line has the topics (the letters of rule IDs) and options. A case
is the unindented lines; the results of the topics' rules are indented below:

- over a zone, they are more lines of the zone ``acme.example``; with ``receivers=`` it is what these demand;
- over facts (``facts=RULE/good.toml``, of tests/rules), each is ``path = value``, or ``path`` to take away.

MAILPROOF_UPDATE_EXPECTED=1 rewrites the results. Review them before you commit them: the RFCs decide what is
right, not our output.
"""

from __future__ import annotations

import asyncio
import os
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

from mailproof.checks import registry
from mailproof.engine.judge import judge
from mailproof.model import DeliveryFacts, DomainFacts, Finding, Outcome, Report, Status
from tests.support.engine import audit_async
from tests.support.resolvers import FailingResolver, zone
from tests.support.worlds import facts_of

HERE = Path(__file__).parent
RULES = HERE.parent / "rules"
UPDATE = bool(os.environ.get("MAILPROOF_UPDATE_EXPECTED"))
NOW = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Table:
    topics: tuple[str, ...]
    options: tuple[tuple[str, str], ...]
    head: str
    cases: tuple[tuple[str, str], ...]

    @property
    def world(self) -> str:
        return "".join(line[2:] + "\n" for line in self.head.splitlines()[1:])

    def option(self, name: str) -> tuple[str, ...]:
        return tuple(value for key, value in self.options if key == name)


def read(path: Path) -> Table:
    head, _, rest = path.read_text().partition("\n\n")
    words = head.splitlines()[0][2:].split()
    cases = []
    for block in rest.strip("\n").split("\n\n"):
        given = [line for line in block.splitlines() if not line.startswith("  ")]
        told = [line for line in block.splitlines() if line.startswith("  ")]
        cases.append(("\n".join(given) + "\n", "".join(line + "\n" for line in told)))
    return Table(
        tuple(word for word in words if "=" not in word),
        tuple((word.partition("=")[0], word.partition("=")[2]) for word in words if "=" in word),
        head,
        tuple(cases),
    )


async def said(table: Table, given: str) -> str:
    if table.option("receivers"):
        return demanded(await of_zone(table, given))
    outcomes = of_facts(table, given) if table.option("facts") else (await of_zone(table, given)).outcomes
    ours = [each for each in outcomes if re.sub(r"\d+$", "", each.check) in table.topics]
    told = [line for outcome in ours for finding in outcome.findings for line in of_finding(finding)]
    return "".join(line + "\n" for line in (*told, *left_open(ours)))


async def of_zone(table: Table, given: str) -> Report:
    world = zone(table.world + "$ORIGIN acme.example.\n$TTL 3600\n" + given)
    failing: dict[tuple[str, str], Status] = {
        (name, rrtype): "servfail"
        for name, _, rrtype in (each.partition("/") for each in table.option("fails"))
    }
    return await audit_async(
        "acme.example",
        FailingResolver(world, failing) if failing else world,
        selectors=table.option("selector"),
        ips=table.option("ip"),
        now=NOW,
        prove=False,
        profile=(*table.option("profile"), "auto")[0],
        receivers=table.option("receivers"),
    )


def demanded(report: Report) -> str:
    """The receivers' requirements that the DNS can show, one per line."""
    assert report.facts.dns is not None
    told: dict[str, list[str]] = {}
    for table in report.facts.dns.receivers:
        for each in table.requirements:
            if each.detail != "it shows only in a message or in your own figures":
                told.setdefault(f"{each.id}: {each.state}: {each.detail}", []).append(table.receiver)
    return "".join(f"  {line} ({' '.join(those)})\n" for line, those in told.items())


def of_facts(table: Table, given: str) -> tuple[Outcome, ...]:
    (source,) = table.option("facts")
    values = facts_of(RULES / source)
    for line in given.splitlines():
        if line != "as it is":
            change(values, line)
    if "recipient" in values:
        delivery = msgspec.convert(values, DeliveryFacts)
        return judge(registry.checks("delivery"), delivery, delivery.recipient)
    facts = msgspec.convert(values, DomainFacts)
    return judge(registry.checks("domain"), facts, facts.domain)


def change(values: Any, line: str) -> None:
    path, _, value = line.partition(" = ")
    *way, last = (int(word) if word.isdigit() else word for word in path.split("."))
    for word in way:
        values = values[word]
    if not value:
        del values[last]
    elif isinstance(last, int) and last == len(values):
        values.append(tomllib.loads(f"x = {value}")["x"])
    else:
        values[last] = tomllib.loads(f"x = {value}")["x"]


def left_open(outcomes: list[Outcome]) -> Iterator[str]:
    """The undecided rules, grouped by reason."""
    rules: dict[str, list[str]] = {}
    for outcome in outcomes:
        assert outcome.status != "error", outcome
        if outcome.status == "unknown":
            rules.setdefault(outcome.reason, []).append(outcome.check)
    for reason, those in rules.items():
        yield f"  unknown: {reason} ({' '.join(those)})"


def of_finding(finding: Finding) -> Iterator[str]:
    where = finding.location
    place = ""
    if where is not None:
        fault = f" {where.record[where.start : where.end]!r}" if where.start is not None else ""
        place = f" at {where.name} {where.rrtype}{fault}"
    yield f"  {finding.rule} {finding.severity.value}: {finding.message}{place}"
    for line in finding.evidence:
        yield f"    · {line}"
    if finding.fix is not None:
        yield f"    {finding.fix.kind}: {finding.fix.summary}"
        for record in finding.fix.records:
            yield f"      {record.action} {record.name} {record.rrtype} {record.value}"


@pytest.mark.parametrize("path", sorted(HERE.glob("*.txt")), ids=lambda path: path.stem)
def test_table(path: Path) -> None:
    table = read(path)

    async def every() -> list[str]:
        return [await said(table, given) for given, _ in table.cases]

    told = asyncio.run(every())
    if UPDATE:
        blocks = [given + text for (given, _), text in zip(table.cases, told, strict=True)]
        path.write_text(table.head + "\n\n" + "\n".join(blocks))
        return
    for (given, expected), text in zip(table.cases, told, strict=True):
        assert text == expected, given
