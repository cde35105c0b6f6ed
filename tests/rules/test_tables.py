"""Tables of records and what the rules say of each, one file a topic: tests/rules/tables/.

A case is the lines of a zone that stand at the margin, laid over the world at the head of the file; what the
rules whose ids begin like the first line's words say of it is indented below. MAILPROOF_UPDATE_EXPECTED=1
writes that anew; read it before you commit it: what is right stands in the RFC and not in our output.
"""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from mailproof.engine.audit import audit_async
from mailproof.model import Finding, Outcome
from tests.support.resolvers import zone

TABLES = sorted((Path(__file__).parent / "tables").glob("*.txt"))
UPDATE = bool(os.environ.get("MAILPROOF_UPDATE_EXPECTED"))
NOW = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Table:
    """``prefixes`` are beginnings of rule ids, ``options`` selectors and addresses as of the command line."""

    prefixes: tuple[str, ...]
    selectors: tuple[str, ...]
    ips: tuple[str, ...]
    head: str
    cases: tuple[tuple[str, str], ...]

    @property
    def world(self) -> str:
        return "".join(line[2:] + "\n" for line in self.head.splitlines()[1:])


def read(path: Path) -> Table:
    """The head is the lines that begin with ``; ``, the first of them the rules and options."""
    head, _, rest = path.read_text().partition("\n\n")
    words = head.splitlines()[0][2:].split()
    cases = []
    for block in rest.strip("\n").split("\n\n"):
        given = [line for line in block.splitlines() if not line.startswith("  ")]
        told = [line for line in block.splitlines() if line.startswith("  ")]
        cases.append(("\n".join(given) + "\n", "".join(line + "\n" for line in told)))
    return Table(
        tuple(word for word in words if word.isupper() or word[-1].isdigit() and "=" not in word),
        tuple(word[2:] for word in words if word.startswith("s=")),
        tuple(word[3:] for word in words if word.startswith("ip=")),
        head,
        tuple(cases),
    )


async def said(table: Table, given: str) -> str:
    report = await audit_async(
        "acme.example",
        zone(table.world + "$ORIGIN acme.example.\n$TTL 3600\n" + given),
        selectors=table.selectors,
        ips=table.ips,
        now=NOW,
        prove=False,
    )
    ours = [each for each in report.outcomes if re.sub(r"\d+$", "", each.check) in table.prefixes]
    return "".join(line + "\n" for outcome in ours for line in lines(outcome))


def lines(outcome: Outcome) -> Iterator[str]:
    for finding in outcome.findings:
        yield from of_finding(finding)
    if outcome.status in ("unknown", "error"):
        yield f"  {outcome.check} {outcome.status}: {outcome.reason}"


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


@pytest.mark.parametrize("path", TABLES, ids=lambda path: path.stem)
def test_table(path: Path) -> None:
    table = read(path)

    async def every() -> list[str]:
        return [await said(table, given) for given, _ in table.cases]

    told = asyncio.run(every())
    if UPDATE:
        blocks = [given + text for (given, _), text in zip(table.cases, told, strict=True)]
        path.write_text(table.head + "\n\n" + "\n".join(blocks))
    for (given, expected), text in zip(table.cases, told, strict=True):
        assert text == expected, given
