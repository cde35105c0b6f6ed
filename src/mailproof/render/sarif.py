"""SARIF 2.1.0, with everything that GitHub's code scanning requires."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from mailproof.model import Finding, Report, Rule, Severity
from mailproof.render.gaps import Gap, gaps
from mailproof.render.json import json_text
from mailproof.render.look import Look
from mailproof.render.places import NOWHERE, Place, place_of, uri
from mailproof.render.shown import clean
from mailproof.render.words import Unique, fix_lines, ranked, sentence

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
#: Results in a file: GitHub's limit.
MAX_RESULTS = 25_000
_LEVEL = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
_PROBLEM = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "recommendation"}
#: SARIF's links and placeholders (sections 3.11.5 and 3.11.6).
_LINK, _PLACEHOLDER = re.compile(r"\](?=\()"), re.compile(r"\{(\d+)\}")


def render_sarif(reports: Sequence[Report], look: Look) -> str:
    """One run for all reports; what could not be checked is a notification of the tool."""
    every = tuple(reports)
    open_ = [gap for report in every for gap in gaps(report)]
    found = ranked(every)
    rules = _rules(every, found, open_, look)
    index = {rule["id"]: number for number, rule in enumerate(rules)}
    unique = Unique()
    notifications = [_notification(gap, index) for gap in open_]
    if len(found) > MAX_RESULTS:
        left = f"{len(found) - MAX_RESULTS} more findings are left out: use -f json for all"
        notifications.append({"level": "warning", "message": {"text": left}})
    invocation = {
        "executionSuccessful": True,
        "startTimeUtc": min(report.started for report in every).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "toolExecutionNotifications": notifications,
    }
    tool = every[0].tool
    run = {
        "tool": {"driver": {"name": tool.name, "semanticVersion": tool.version, "rules": rules}},
        "automationDetails": {"id": "mailproof/"},
        "invocations": [invocation],
        "columnKind": "unicodeCodePoints",
        "results": [_result(finding, index, unique, look) for finding in found[:MAX_RESULTS]],
        "properties": {"complete": not any(report.incomplete for report in every)},
    }
    return json_text({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]})


def _rules(
    reports: tuple[Report, ...], found: Sequence[Finding], open_: Sequence[Gap], look: Look
) -> list[dict[str, Any]]:
    known = {rule.id: rule for report in reports for rule in report.rules}
    ids = dict.fromkeys(
        [*(finding.rule for finding in found), *(gap.checks[0] for gap in open_ if gap.checks)]
    )
    return [_rule(rule, known.get(rule), look.page(rule)) for rule in ids]


def _rule(name: str, rule: Rule | None, page: str) -> dict[str, Any]:
    title, _, body = page.partition("\n")
    title = clean(title or (rule.title if rule else "")) or name
    body = body.strip() or title
    what = " ".join(body.partition("## Why it matters")[0].removeprefix("## What it checks").split())
    severity = rule.severity if rule else Severity.WARNING
    return {
        "id": name,
        "shortDescription": {"text": _text(f"{title}.")},
        "fullDescription": {"text": _text(what[:1000])},
        "help": {"text": _text(body), "markdown": body},
        "defaultConfiguration": {"level": _LEVEL[severity]},
        "properties": {
            "tags": ["email", *([rule.topic] if rule else [])],
            "precision": "high",
            "problem.severity": _PROBLEM[severity],
        },
    }


def _result(finding: Finding, index: dict[str, int], unique: Unique, look: Look) -> dict[str, Any]:
    where = finding.location
    named = f"{where.name}/{where.rrtype}".strip("/") if where and where.name else finding.subject
    place = place_of(finding, look.anchor) or Place(NOWHERE)
    region = {"startLine": place.line}
    if place.column is not None:
        region["startColumn"] = place.column
        region |= {} if place.end_column is None else {"endColumn": place.end_column}
    return {
        "ruleId": finding.rule,
        "ruleIndex": index[finding.rule],
        "level": _LEVEL[finding.severity],
        "message": {"text": _text("\n".join((sentence(finding), *fix_lines(finding))))},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": uri(place.file, look.root)},
                    "region": region,
                },
                "logicalLocations": [{"fullyQualifiedName": clean(named), "kind": "resource"}],
            }
        ],
        "partialFingerprints": {"primaryLocationLineHash": unique.of(finding.fingerprint)},
    }


def _notification(gap: Gap, index: dict[str, int]) -> dict[str, Any]:
    found: dict[str, Any] = {
        "level": "warning" if gap.kind == "failed" else "note",
        "message": {"text": _text(f"{clean(gap.subject)}: {gap.sentence}.")},
    }
    if gap.checks:
        found["associatedRule"] = {"id": gap.checks[0], "index": index[gap.checks[0]]}
        found["properties"] = {"checks": list(gap.checks)}
    return found


def _text(text: str) -> str:
    """Plain text that SARIF does not interpret as links or placeholders."""
    return _PLACEHOLDER.sub(r"{{\1}}", _LINK.sub("] ", text))
