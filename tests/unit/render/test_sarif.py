"""SARIF: the requirements of GitHub's code scanning; tests/integrations has Microsoft's validator."""

from __future__ import annotations

import json
from typing import Any

import pytest

from mailproof.model import Report
from mailproof.render import sarif
from mailproof.render.look import Look
from mailproof.render.sarif import render_sarif
from tests.support.reports import ANCHORED, LOOK, broken, report, with_gaps

REPORTS = {
    "in a zone": (broken(),),
    "live": (broken(file=""),),
    "gaps": (with_gaps(),),
    "clean": (report(),),
    "several": (broken(), broken(file="a b#c.zone"), with_gaps()),
    "hostile": (broken("](https://evil.test) {0} <script> \x1b[31m\n"), with_gaps("[x](y)")),
}


def run(*reports: Report, look: Look = LOOK) -> dict[str, Any]:
    (found,) = json.loads(render_sarif(reports, look))["runs"]
    assert isinstance(found, dict)
    return found


@pytest.mark.parametrize("name", REPORTS)
def test_what_code_scanning_asks_for_is_there(name: str) -> None:
    found = run(*REPORTS[name])
    rules = found["tool"]["driver"]["rules"]
    for rule in rules:
        texts = [rule[key]["text"] for key in ("shortDescription", "fullDescription", "help")]
        assert all(texts), rule
        assert rule["help"]["markdown"]
        assert rule["properties"]["tags"][0] == "email"
        assert rule["properties"]["problem.severity"] in ("error", "warning", "recommendation")
    for result in found["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        (location,) = result["locations"]
        where = location["physicalLocation"]
        assert where["artifactLocation"]["uri"]
        assert not where["artifactLocation"]["uri"].startswith(("/", "./"))
        assert where["region"]["startLine"] >= 1
        assert location["logicalLocations"][0]["fullyQualifiedName"] == "acme.example/TXT"
        assert result["message"]["text"]
    prints = [each["partialFingerprints"]["primaryLocationLineHash"] for each in found["results"]]
    assert len(set(prints)) == len(prints)
    assert found["automationDetails"] == {"id": "mailproof/"}


def test_a_finding_is_at_its_line_or_where_the_domain_is_named() -> None:
    def first(look: Look, file: str) -> tuple[str, int]:
        where = run(broken(file=file), look=look)["results"][0]["locations"][0]["physicalLocation"]
        return where["artifactLocation"]["uri"], where["region"]["startLine"]

    assert first(LOOK, "/repo/acme.zone") == ("acme.zone", 9)
    assert first(ANCHORED, "") == ("domains.txt", 3)
    assert first(LOOK, "") == ("mailproof.toml", 1)


def test_what_is_unknown_is_a_notification() -> None:
    found = run(with_gaps())
    (invocation,) = found["invocations"]
    assert invocation["executionSuccessful"] is True
    levels = {
        each["associatedRule"]["id"]: each["level"] for each in invocation["toolExecutionNotifications"]
    }
    assert levels == {"DMARC001": "warning", "BIMI001": "warning", "SPF030": "note", "TLS001": "note"}
    assert found["properties"] == {"complete": False}
    assert found["results"] == []


def test_the_same_report_has_the_same_fingerprints() -> None:
    assert run(broken())["results"] == run(broken())["results"]


def test_a_record_writes_no_link_and_no_placeholder() -> None:
    text = run(*REPORTS["hostile"])["results"][0]["message"]["text"]
    assert "](" not in text
    assert "{{0}}" in text


def test_no_more_results_than_github_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sarif, "MAX_RESULTS", 2)
    found = run(broken())
    assert [each["level"] for each in found["results"]] == ["error", "warning"]
    said = found["invocations"][0]["toolExecutionNotifications"][-1]["message"]["text"]
    assert said.startswith("1 more findings are left out")


def test_a_rule_without_a_page_has_its_title() -> None:
    found = run(broken(), look=Look())["tool"]["driver"]["rules"][0]
    assert found["fullDescription"]["text"] == found["help"]["text"] == "SPF: +all lets every host send"
