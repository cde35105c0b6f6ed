"""The records that the findings propose, put into the zone, make the findings vanish."""

from __future__ import annotations

import json
import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Any

import dns.rdata
import pytest

from mailproof.dns import Answer, Resolver
from mailproof.dns.text import normalize, record_text
from mailproof.engine.audit import audit_async
from tests.support.resolvers import zone

RULES = Path(__file__).parents[2] / "rules"

#: Nothing to paste: someone else must act, or the finding is only worth knowing.
WITHOUT_RECORDS = {
    *("DMARC021", "DMARC027", "DOM001", "DOM002", "DOM003", "DOM004", "DOM005"),
    *("MX001", "MX002", "MX003", "MX006", "MX008", "MX009", "MX010"),
    *("MX012", "MX013", "MX014", "MX015", "MX017"),
}


class Patched:
    """Answers as ``inner`` does, after the proposed records were published and others taken away."""

    def __init__(self, inner: Resolver, records: list[dict[str, Any]]) -> None:
        self.inner, self.records = inner, records

    async def query(self, name: str, rrtype: str) -> Answer:
        """See Resolver."""
        answer = await self.inner.query(name, rrtype)
        mine = [record for record in self.records if normalize(record["name"]) == normalize(name)]
        if any(record["rrtype"] == "CNAME" and record["action"] == "remove" for record in mine):
            answer = Answer(answer.name, rrtype, "nodata")
        mine = [record for record in mine if record["rrtype"] == rrtype]
        gone = {_canonical(record) for record in mine if record["action"] == "remove"}
        kept = [record for record in answer.records if record_text(record) not in gone]
        new = [_rdata(record) for record in mine if record["action"] == "publish"]
        records = (*kept, *new)
        if not mine:
            return answer
        chain = () if new else answer.chain
        return replace(answer, status="ok" if records else "nodata", records=records, chain=chain)


def _rdata(record: dict[str, Any]) -> dns.rdata.Rdata:
    text = record["bind"].split(f" IN {record['rrtype']} ", 1)[1]
    return dns.rdata.from_text("IN", record["rrtype"], text)


def _canonical(record: dict[str, Any]) -> str:
    return record_text(_rdata(record))


def mendable() -> list[str]:
    """The rules of these topics whose expected findings hold records to paste."""
    folders = [p for p in RULES.iterdir() if p.name.startswith(("DMARC", "MX", "DOM")) and p.is_dir()]
    return sorted(p.name for p in folders if p.name not in WITHOUT_RECORDS)


@pytest.mark.parametrize("rule", mendable())
async def test_the_fix_mends_it(rule: str) -> None:
    folder = RULES / rule
    case = tomllib.loads((folder / "case.toml").read_text()) if (folder / "case.toml").exists() else {}
    findings = json.loads((folder / "expected.json").read_text())["findings"]
    records: list[dict[str, Any]] = []
    for finding in findings:
        assert finding["fix"], finding["message"]
        assert finding["fix"]["records"], finding["message"]
        records.extend(record for record in finding["fix"]["records"] if record not in records)
    resolver = Patched(zone((folder / "bad.zone").read_text()), records)
    report = await audit_async(case.get("domain", "acme.example"), resolver, ips=tuple(case.get("ips", ())))
    outcome = next(outcome for outcome in report.outcomes if outcome.check == rule)
    assert outcome.findings == (), [finding.message for finding in outcome.findings]
    assert outcome.status == "pass", outcome


def test_rules_without_records_have_none() -> None:
    for rule in WITHOUT_RECORDS - {"DMARC021", "DOM005"}:
        findings = json.loads((RULES / rule / "expected.json").read_text())["findings"]
        assert not any((finding["fix"] or {}).get("records") for finding in findings), rule
