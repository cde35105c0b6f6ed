"""CI formats of one report: their required contents, and that none omits unknown outcomes."""

from __future__ import annotations

import csv
import io
import json
import re
from unicodedata import normalize
from urllib.parse import unquote
from xml.etree import ElementTree

import pytest
from jsonschema import Draft202012Validator
from junitparser import Error, Failure, JUnitXml, Skipped

from mailproof.model import Outcome, Report
from mailproof.render.formats import CSV_HEAD, FORMATS, by_file_name, named
from mailproof.render.look import Look
from mailproof.render.places import Place, relative, uri
from tests.support.reports import ANCHORED, LOOK, broken, report, with_gaps
from tests.support.runner import orders

#: The required contents of a report, from docs.gitlab.com/ci/testing/code_quality.
CODE_QUALITY = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["description", "check_name", "fingerprint", "severity", "location"],
        "properties": {
            "description": {"type": "string", "minLength": 1},
            "check_name": {"type": "string", "minLength": 1},
            "fingerprint": {"type": "string", "minLength": 1},
            "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
            "location": {
                "type": "object",
                "required": ["path", "lines"],
                "properties": {
                    "path": {"type": "string", "pattern": r"^(?!\./|/).+"},
                    "lines": {
                        "type": "object",
                        "required": ["begin"],
                        "properties": {"begin": {"type": "integer", "minimum": 1}},
                    },
                },
            },
        },
    },
}
GAPS = ("DMARC001", "BIMI001", "SPF030", "TLS001")


def render(name: str, *reports: Report, look: Look = LOOK) -> str:
    form = named(name)
    assert form is not None
    return form.opening + form.render(reports, look)


@pytest.mark.parametrize(
    "name", ["concise", "github", "markdown", "csv", "junit", "gitlab", "sarif", "jsonl"]
)
def test_no_format_drops_what_is_unknown(name: str) -> None:
    text = render(name, with_gaps())
    for reason in ("SERVFAIL", "ValueError", "offline", "port 25 is blocked"):
        assert reason in text, reason
    if name in ("csv", "junit", "sarif", "jsonl"):
        assert all(check in text for check in GAPS)


@pytest.mark.parametrize("name", ["concise", "github", "markdown", "csv", "junit", "gitlab", "sarif"])
def test_a_report_that_is_incomplete_for_no_check_says_so_too(name: str) -> None:
    """No deciding fact was collected, but no outcome is unknown."""
    nothing = report()
    assert nothing.incomplete
    assert "could not check" in render(name, nothing)


def test_concise_is_a_line_a_finding() -> None:
    lines = render("concise", broken()).splitlines()
    assert lines[0] == "acme.zone:9:1: SPF006 error The SPF record of acme.example is wrong."
    assert [line.split()[1:3] for line in lines[:3]] == [
        ["SPF006", "error"],
        ["SPF009", "warning"],
        ["MX013", "info"],
    ]


def test_concise_without_a_file_begins_with_the_line_of_the_list_or_the_domain() -> None:
    assert render("concise", broken(file="")).startswith("acme.example: SPF006 error ")
    assert render("concise", broken(file=""), look=ANCHORED).startswith("domains.txt:3:1: SPF006 error ")
    assert "domains.txt:3:1: DMARC001 unknown acme.example: could not check: " in render(
        "concise", with_gaps(), look=ANCHORED
    )


def test_concise_shows_fixes_when_asked() -> None:
    assert "Fix: End the record in ~all" in render("concise", broken(), look=LOOK._replace(verbose=1))
    assert "Fix:" not in render("concise", broken())


def test_csv_has_a_row_for_each_finding_and_gap() -> None:
    rows = list(
        csv.DictReader(io.StringIO(render("csv", broken()) + render("csv", with_gaps())[len(CSV_HEAD) :]))
    )
    assert [row["rule"] for row in rows if row["severity"] != "unknown"] == ["SPF006", "SPF009", "MX013"]
    assert {row["rule"] for row in rows if row["severity"] == "unknown"} >= set(GAPS)
    first = rows[0]
    assert (first["file"], first["line"], first["type"]) == ("acme.zone", "9", "TXT")
    assert first["fix_records"] == 'acme.example. 3600 IN TXT "v=spf1 mx ~all"'
    assert not {None, ""} & set(first)


@pytest.mark.parametrize("start", ["=", "+", "-", "@", " =", '"=', "\uff1d", "x;=", 'x; "=', "x\n@", "x\t="])
@pytest.mark.parametrize("separator", [",", ";"])
def test_csv_holds_no_formula(start: str, separator: str) -> None:
    """Spreadsheets of many countries split at semicolons; quotation marks within a cell don't count."""
    text = render("csv", report(subject=f'{start}HYPERLINK("https://evil.test")'))
    cells = [cell for line in csv.reader(io.StringIO(text), delimiter=separator) for cell in line]
    assert any("HYPERLINK" in cell for cell in cells)
    assert not [
        cell for cell in cells if normalize("NFKC", cell).lstrip(' "').startswith(("=", "+", "-", "@"))
    ]


def test_jsonl_is_a_report_a_line() -> None:
    lines = render("jsonl", broken(), with_gaps()).splitlines()
    assert [json.loads(line)["subject"] for line in lines] == ["acme.example"] * 2


def test_gitlab_is_valid_and_its_fingerprints_are_unique() -> None:
    text = render("gitlab", broken(), broken(), with_gaps())
    issues = json.loads(text)
    Draft202012Validator(CODE_QUALITY).validate(issues)
    assert len({issue["fingerprint"] for issue in issues}) == len(issues)
    assert issues[0]["severity"] == "major"
    assert issues[0]["location"] == {"path": "acme.zone", "lines": {"begin": 9}}
    assert text == render("gitlab", broken(), broken(), with_gaps())
    assert not text.startswith("\ufeff")


def test_gitlab_takes_a_source_of_any_characters() -> None:
    """Callers of the library may name a message anything."""
    unknown = report(Outcome("DMARC001", "x\ud800", "unknown", reason="SERVFAIL"))
    (issue,) = json.loads(render("gitlab", unknown))
    assert len(issue["fingerprint"]) == 32


def test_gitlab_of_a_live_domain_points_at_the_list_or_the_configuration() -> None:
    for look, path in ((ANCHORED, "domains.txt"), (LOOK, "mailproof.toml")):
        issues = json.loads(render("gitlab", broken(file=""), look=look))
        assert {issue["location"]["path"] for issue in issues} == {path}


def test_github_annotates_the_line_worst_first() -> None:
    lines = render("github", broken(), with_gaps()).splitlines()
    assert lines[0] == (
        "::error file=acme.zone,line=9,title=SPF006 SPF%3A +all lets every host send::The SPF record of "
        'acme.example is wrong.%0AFix: End the record in ~all%0Aacme.example. 3600 IN TXT "v=spf1 mx ~all"'
    )
    commands = [line.split(" ")[0] for line in lines if line.startswith("::")]
    assert commands[:3] == ["::error", "::warning", "::notice"]
    assert commands.count("::warning") >= 3  # a failure is more than a notice
    assert lines[-1].startswith("mailproof: ")


def test_github_without_a_file_has_no_line() -> None:
    assert render("github", broken(file="")).startswith("::error title=SPF006")
    assert render("github", broken(file=""), look=ANCHORED).startswith(
        "::error file=domains.txt,line=3,title="
    )


def test_github_writes_a_column_where_it_is_known() -> None:
    look = LOOK._replace(anchor=lambda _: Place("a,b:c.zone", 2, 7))
    assert render("github", broken(file=""), look=look).startswith(
        "::error file=a%2Cb%3Ac.zone,line=2,col=7,title="
    )


@pytest.mark.parametrize(
    "text", ["\n::error::pwned", "\r::stop-commands::x", "%0A::error::x", "##vso[task.x]", "a::b,c"]
)
def test_github_obeys_nothing_that_a_record_says(text: str) -> None:
    lines = render("github", broken(text, file=f"a{text}.zone"), with_gaps(text)).splitlines()
    ours = re.compile(r"::(error|warning|notice) [^:]*::(.*)")
    found = [ours.fullmatch(line) for line in lines]
    assert sum(each is not None for each in found) >= 5
    for line, each in zip(lines, found, strict=True):
        assert not orders(each[2] if each else line), line
        assert "%0A::" not in line.replace("%250A", "")


def test_junit_is_read_by_junitparser() -> None:
    xml = JUnitXml.fromstring(render("junit", broken(), with_gaps()).encode())
    suites = list(xml)
    assert [(each.name, each.failures, each.errors) for each in suites] == [
        ("acme.example", 1, 1),
        ("acme.example", 0, 2),
    ]
    assert suites[1].skipped == 2
    assert (xml.tests, xml.failures, xml.errors, xml.skipped) == (
        sum(each.tests for each in suites), 1, 3, 2,
    )  # fmt: skip
    results = {
        case.name.split(" ")[0]: [type(each) for each in case.result] for suite in suites for case in suite
    }
    assert results["SPF006"] == [Failure]
    assert results["SPF009"] == results["SPF001"] == []
    assert results["DMARC001"] == results["BIMI001"] == [Error]
    assert results["SPF030"] == results["TLS001"] == [Skipped]


def test_junit_fails_for_warnings_where_the_exit_code_does() -> None:
    def failures(look: Look) -> list[str | None]:
        root = ElementTree.fromstring(render("junit", broken(), look=look))
        return [case.get("name") for case in root.iter("testcase") if case.find("failure") is not None]

    assert failures(LOOK) == ["SPF006 SPF006: a title"]
    assert failures(LOOK._replace(warnings_fail=True)) == ["SPF009 SPF009: a title", "SPF006 SPF006: a title"]


def test_junit_has_file_and_line_and_the_fix() -> None:
    root = ElementTree.fromstring(render("junit", broken()))
    case = next(case for case in root.iter("testcase") if str(case.get("name")).startswith("SPF006"))
    assert (case.get("file"), case.get("line")) == ("acme.zone", "9")
    assert 'acme.example. 3600 IN TXT "v=spf1 mx ~all"' in (case.findtext("failure") or "")


@pytest.mark.parametrize(
    "text", ["\x00\x1b[31m", "]]>", "<script>", "\ud800", "\ufffe", "&#27;", "##[error]x"]
)
def test_junit_is_xml_whatever_a_record_says(text: str) -> None:
    out = render("junit", broken(text), with_gaps(text))
    assert not orders(out)
    names = {each.tag for each in ElementTree.fromstring(out.encode()).iter()}
    assert names <= {"testsuites", "testsuite", "testcase", "failure", "error", "skipped", "system-out"}


@pytest.mark.parametrize(
    ("file", "path", "address"),
    [
        ("acme.zone", "acme.zone", "acme.zone"),
        ("./dns/acme.zone", "dns/acme.zone", "dns/acme.zone"),
        ("/repo/dns/a b#c?.zone", "dns/a b#c?.zone", "dns/a%20b%23c%3F.zone"),
        ("/elsewhere/x.zone", "/elsewhere/x.zone", "file:///elsewhere/x.zone"),
        ("/repository/x.zone", "/repository/x.zone", "file:///repository/x.zone"),
        ("a\udc80.zone", "a\udc80.zone", "a%80.zone"),
    ],
)
def test_paths_are_written_from_the_folder_of_the_run(file: str, path: str, address: str) -> None:
    assert relative(file, "/repo") == path
    assert uri(file, "/repo") == address
    assert unquote(address.removeprefix("file://"), errors="surrogateescape") == path


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("a.sarif", "sarif"),
        ("a.sarif.json", "sarif"),
        ("a.json", "json"),
        ("A.XML", "junit"),
        ("a.md", "markdown"),
        ("a.jsonl", "jsonl"),
        ("a.b.csv", "csv"),
    ],
)
def test_the_longest_extension_selects_the_format(name: str, form: str) -> None:
    found = by_file_name(name)
    assert found is not None
    assert found.name == form


def test_no_extension_and_no_name_is_taken_twice() -> None:
    endings = [ending for each in FORMATS for ending in each.endings]
    assert len(set(endings)) == len(endings)
    assert by_file_name("report.doc") is None
    assert len({each.name for each in FORMATS}) == len(FORMATS)
