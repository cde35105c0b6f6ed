"""CI formats from the command line: several per run, positions of findings, rejected combinations."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from xml.etree import ElementTree

import pytest

from mailproof.render.formats import FORMATS
from tests.support.cli import Run, mailproof
from tests.support.runner import orders

DOCS = Path(__file__).parents[2] / "docs" / "outputs.md"
ZONE = """$ORIGIN acme.example.
@ 60 IN SOA ns1 hostmaster 1 2 3 4 5
@ 60 IN NS ns1
@ 60 IN MX 10 mx1
mx1 60 IN A 192.0.2.26
@ 60 IN TXT "v=spf1 mx +all"
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with a zone, as the working directory."""
    (tmp_path / "dns").mkdir()
    (tmp_path / "dns" / "acme.zone").write_text(ZONE)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("GITHUB_STEP_SUMMARY", raising=False)
    return tmp_path


def audit(*arguments: str, **environment: str) -> Run:
    return mailproof(
        "audit",
        "--zone",
        str(Path("dns/acme.zone").absolute()),
        "--offline",
        *arguments,
        environment=environment,
    )


def test_several_outputs_in_one_run(folder: Path) -> None:
    files = [
        "r.txt",
        "r.json",
        "r.jsonl",
        "r.csv",
        "r.md",
        "r.sarif",
        "r.xml",
        "concise:r.log",
        "github:r.github",
        "gitlab:gl.json",
    ]
    run = audit(*(part for file in files for part in ("-o", file)), "-q")
    assert (run.code, run.err) == (1, "")
    written = {path.name: path.read_text() for path in folder.glob("*.*")}
    assert set(written) == {file.rpartition(":")[2] for file in files}
    assert "SPF006" in run.out
    assert all("SPF006" in text for text in written.values())
    assert json.loads(written["r.sarif"])["version"] == "2.1.0"
    assert json.loads(written["gl.json"])[0]["location"]["path"] == "dns/acme.zone"
    assert ElementTree.fromstring(written["r.xml"]).get("failures") != "0"
    assert {row["file"] for row in csv.DictReader(io.StringIO(written["r.csv"]))} == {"dns/acme.zone"}
    assert len(written["r.jsonl"].splitlines()) == 1


def test_each_finding_is_at_a_line_of_the_zone() -> None:
    lines = audit("-f", "concise").out.splitlines()
    assert next(line for line in lines if " SPF006 " in line).startswith("dns/acme.zone:6:24: SPF006 error ")
    assert next(line for line in lines if " DMARC001 " in line).startswith(
        "dns/acme.zone:2:1: DMARC001 error "
    )


#: The fault is in the record's second string, after an escape, on a separate line.
SPLIT = """$ORIGIN acme.example.
@ 60 IN SOA ns1 hostmaster 1 2 3 4 5
@ 60 IN NS ns1
@ 60 IN MX 10 mx1
mx1 60 IN A 192.0.2.26
@ 60 IN TXT ( "v=spf1 mx "
              "\\0480ip4:192.0.2.1 -all" )
"""
COLUMN, END = 16, 34  # 18 characters for 00ip4:192.0.2.1, since \048 is its first digit


def test_a_fault_in_a_split_record_is_at_its_own_line_and_columns(folder: Path) -> None:
    (folder / "dns" / "acme.zone").write_text(SPLIT)
    run = audit("-f", "concise", "-o", "github:g", "-o", "r.sarif", "-o", "gitlab:gl", "-o", "r.json")
    line = next(line for line in run.out.splitlines() if " SPF004 " in line)
    assert line.startswith(f"dns/acme.zone:7:{COLUMN}: SPF004 error ")
    assert "::error file=dns/acme.zone,line=7,col=16,endColumn=34,title=SPF004" in (folder / "g").read_text()
    results = json.loads((folder / "r.sarif").read_text())["runs"][0]["results"]
    region = next(each for each in results if each["ruleId"] == "SPF004")["locations"][0]["physicalLocation"]
    assert region["region"]["startLine"] == 7
    assert (region["region"]["startColumn"], region["region"]["endColumn"]) == (COLUMN, END)
    issues = json.loads((folder / "gl").read_text())
    issue = next(each for each in issues if each["check_name"] == "SPF004")
    assert issue["location"] == {
        "path": "dns/acme.zone",
        "lines": {"begin": 7},
        "positions": {"begin": {"line": 7, "column": COLUMN}, "end": {"line": 7, "column": END}},
    }
    report = json.loads((folder / "r.json").read_text())["reports"][0]
    location = next(
        finding["location"]
        for outcome in report["outcomes"]
        for finding in outcome["findings"]
        if finding["rule"] == "SPF004"
    )
    assert (location["line"], location["column"], location["end_column"]) == (7, COLUMN, END)
    assert location["record_line"] == 6


def test_a_comment_ignores_a_fault_on_a_later_line_of_the_record(folder: Path) -> None:
    comment = "; mailproof: ignore[SPF004] as it is\n"
    (folder / "dns" / "acme.zone").write_text(SPLIT.replace("@ 60 IN TXT", f"{comment}@ 60 IN TXT"))
    assert " SPF004 " not in audit("-f", "concise").out


def test_the_folder_of_the_run_may_be_gone(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    zone = str(folder / "dns" / "acme.zone")
    (gone := folder / "gone").mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    run = mailproof("audit", "--zone", zone, "--offline", "-f", "concise")
    assert (run.code, run.err) == (1, "")
    assert run.out.startswith(f"{zone}:")


def test_a_clean_selection_has_no_line_but_what_was_not_asked() -> None:
    run = audit("-f", "concise", "--select", "MX001")
    assert (run.code, run.out) == (0, "")


def test_a_domain_of_a_list_is_at_its_line(folder: Path) -> None:
    (folder / "domains.txt").write_text("# ours\nother.example\nb.example\nother.example\n")
    run = mailproof("audit", "@domains.txt", "--offline", "--zone", "dns/acme.zone", "-f", "concise")
    starts = {line.split(" ")[0] for line in run.out.splitlines()}
    assert starts == {"domains.txt:2:1:", "domains.txt:3:1:"}


def test_without_zone_and_list_the_configuration_is_named(folder: Path) -> None:
    (folder / "mailproof.toml").write_text('fail_on = "error"\n')
    arguments = ("audit", "b.example", "--offline", "--zone", "dns/acme.zone", "-f", "concise")
    assert mailproof(*arguments).out.startswith("mailproof.toml:1:1: ")


def test_a_message_is_where_its_findings_are(folder: Path) -> None:
    (folder / "m.eml").write_text("From: a@acme.example\n\nx\n")
    run = mailproof("verify", "m.eml", "--offline", "--zone", "dns/acme.zone", "-f", "concise")
    assert run.out.startswith("m.eml:1:1: ")


def test_warnings_are_failures_where_they_fail_the_run() -> None:
    def failures(*more: str) -> set[str]:
        root = ElementTree.fromstring(audit("-f", "junit", *more).out)
        return {str(c.get("name"))[:6] for c in root.iter("testcase") if c.find("failure") is not None}

    assert failures() < failures("--fail-on", "warning")
    assert "DNS013" in failures("--fail-on", "warning")


def test_github_adds_to_the_summary_of_the_step(folder: Path) -> None:
    summary = folder / "summary"
    summary.write_text("before\n")
    run = audit("-f", "github", GITHUB_ACTIONS="true", GITHUB_STEP_SUMMARY=str(summary))
    assert run.code == 1
    assert run.out.startswith("::error file=dns/acme.zone,line=")
    assert "stop-commands" not in run.out
    assert len(orders(run.out)) == run.out.count("\n") - 1
    assert summary.read_text().startswith("before\n### ✗ ")
    audit("-f", "concise", GITHUB_ACTIONS="true", GITHUB_STEP_SUMMARY=str(summary))
    assert summary.read_text().count("### ") == 1


def test_a_summary_that_cannot_be_written_is_one_line(folder: Path) -> None:
    run = audit("-f", "github", GITHUB_STEP_SUMMARY=str(folder))
    assert run.code == 2
    assert run.err.startswith("mailproof: GITHUB_STEP_SUMMARY ")
    assert run.err.count("\n") == 1
    assert "::error " in run.out


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("r.doc", "-o r.doc: unknown file extension; use one of .txt .json"),
        ("gl.yml", "as in -o gitlab:gl.yml"),
        ("sarf:r.json", "no format is called 'sarf': did you mean sarif:r.json?"),
        ("/dev/full", "as in -o gitlab:/dev/full"),
        ("nope:r", "-o nope:r: unknown file extension"),
        ("gitlab:", "-o gitlab:: names no file"),
        ("gitlab:dns", "-o gitlab:dns: is a folder"),
        ("gitlab:none/gl.json", "-o gitlab:none/gl.json: the folder none does not exist"),
    ],
)
def test_an_output_that_cannot_be_written_is_refused_first(given: str, said: str) -> None:
    run = audit("-o", given)
    assert (run.code, run.out) == (2, "")
    assert said in run.err
    assert run.err.count("\n") == 1


def test_an_unknown_format_is_refused_with_the_known_ones() -> None:
    run = audit("-f", "xml")
    assert run.code == 2
    assert all(form.name in run.err for form in FORMATS)


def test_every_format_is_in_the_documentation() -> None:
    page = DOCS.read_text("utf-8")
    for form in FORMATS:
        assert f"| `{form.name}` |" in page, form.name
        assert all(f"`{ending}`" in page for ending in form.endings)
