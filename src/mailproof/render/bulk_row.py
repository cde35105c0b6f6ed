"""One domain's report as a row of many."""

from __future__ import annotations

from collections import Counter
from typing import Any, Literal

from mailproof.data.organizations import organizational_domain
from mailproof.model import DomainFacts, Report, Severity
from mailproof.model.bulk import BulkFinding, BulkRow, LongRow, ShortRow
from mailproof.render.document import WrittenReport, written
from mailproof.render.json import json_text
from mailproof.render.scorecard import scorecard
from mailproof.render.verdict import verdict

Detail = Literal["summary", "findings", "full"]


class FullRow(LongRow, frozen=True, kw_only=True):
    """A row with the whole report."""

    report: WrittenReport


def row_line(report: Report, line: int, detail: Detail = "summary", options: str = "") -> bytes:
    """The row of a domain as a line of JSON, without the line feed."""
    return json_text(_row(report, line, detail, options), indent=None).rstrip("\n").encode()


def failed_line(domain: str, line: int, reason: str, options: str) -> bytes:
    """The row of a domain that could not be processed."""
    row = ShortRow(domain=domain, line=line, verdict="error", reason=reason[:500], options=options)
    return json_text(row, indent=None).rstrip("\n").encode()


def _row(report: Report, line: int, detail: Detail, options: str) -> BulkRow:
    fields = {**_fields(report, line), "options": options}
    if detail == "full":
        return FullRow(**fields, findings=tuple(report.findings), report=written(report))
    if detail == "findings":
        return LongRow(**fields, findings=tuple(report.findings))
    short = (BulkFinding(f.rule, f.severity.value, f.subject, f.message) for f in report.findings)
    return ShortRow(**fields, findings=tuple(short))


def _fields(report: Report, line: int) -> dict[str, Any]:
    found = verdict(report)
    severities = [finding.severity for finding in report.findings]
    fields: dict[str, Any] = {
        "domain": report.subject,
        "line": line,
        "verdict": found.status,
        "sentence": found.sentence,
        "grade": report.score.grade,
        "complete": not report.incomplete,
        "errors": severities.count(Severity.ERROR),
        "warnings": severities.count(Severity.WARNING),
        "infos": severities.count(Severity.INFO),
        "elapsed_ms": round(report.elapsed_s * 1000),
        "checked": report.started,
    }
    for mark in scorecard(report):
        name = mark.topic.lower().replace("-", "_")
        if name in ShortRow.__struct_fields__:
            fields[name] = mark.status
    facts = report.facts.dns
    return fields if facts is None else fields | _of_facts(facts)


def _of_facts(facts: DomainFacts) -> dict[str, Any]:
    record = facts.spf.root.record if facts.spf is not None else None
    every = record.all_term if record is not None else None
    dmarc = facts.dmarc
    hosts = tuple(facts.ns.records) if facts.ns is not None else ()
    discovery = facts.dkim_discovery
    below = f".{facts.domain}"
    own = [e.elapsed_ms for e in facts.lookups if e.name == facts.domain or e.name.endswith(below)]
    statuses = Counter([each.status for each in facts.lookups])
    answered, unasked = statuses["ok"] + statuses["nodata"] + statuses["nxdomain"], statuses["unasked"]
    return {
        "exists": facts.exists,
        "spf_record": bool(facts.spf is not None and facts.spf.root.records),
        "spf_lookups": facts.spf.lookup_count if facts.spf is not None else 0,
        "spf_all": f"{every.qualifier}all" if every is not None else "",
        "dkim_keys": sum(each.status == "valid" for each in facts.dkim),
        "dmarc_record": dmarc is not None and dmarc.record is not None,
        "dmarc_policy": (dmarc.policy or "") if dmarc is not None else "",
        "mx_hosts": sum(not each.implicit and each.host != "." for each in facts.mx),
        "dnssec": next((each.state for each in facts.dnssec if each.role == "domain"), ""),
        "providers": tuple(each.name for each in discovery.providers) if discovery is not None else (),
        "name_servers": organizational_domain(hosts[0]) if hosts else "",
        "queries": len(facts.lookups) - unasked,
        "failed": len(facts.lookups) - answered - unasked,
        "unasked": unasked,
        "slowest_ms": round(max(own, default=0.0)),
    }
