"""mailproof bulk: lists, results and summaries."""

from __future__ import annotations

import json
import os
import re
from collections import Counter
from pathlib import Path

import pytest

from tests.support.bulk import OFFLINE, folder, rows
from tests.support.cli import mailproof

__all__ = ["folder"]
NO_DOMAIN = "list.txt: no line of it names a domain"


def test_a_line_a_domain_and_a_summary() -> None:
    run = mailproof("bulk", "list.txt", "-o", "out.jsonl", *OFFLINE, "--summary", "s.json")
    found = {each["domain"]: each for each in rows()}
    assert sorted(found) == ["bad.example", "good.example", "none.example"]
    good, bad = found["good.example"], found["bad.example"]
    assert (good["dmarc_policy"], good["spf_all"], good["line"]) == ("reject", "-all", 1)
    assert (bad["verdict"], bad["spf_all"]) == ("fail", "+all")
    assert {"rule", "severity", "subject", "message"} == set(bad["findings"][0])
    assert found["none.example"]["exists"] is False
    assert "list.txt" not in run.err
    assert "line 5: a b: " in run.err
    summary = json.loads(Path("s.json").read_text())
    assert (summary["domains"], summary["unreadable"], summary["repeated"]) == (3, 1, 1)
    assert dict(summary["dmarc_policies"]) == {"reject": 1}
    assert "3 domains checked" in run.out
    assert "  TLS-RPT " in run.out
    assert "  DNSSEC " not in run.out, "a zone does not say, so it is not 0 %"


def test_what_is_in_no_zone_was_not_asked_and_is_no_fault_of_a_name_server() -> None:
    Path("list.txt").write_text("good.example\nother.test\n")
    run = mailproof("bulk", "list.txt", "-o", "out.jsonl", *OFFLINE, "--summary", "s.json")
    other = next(each for each in rows() if each["domain"] == "other.test")
    assert (other["queries"], other["failed"], other["complete"], run.code) == (0, 0, False, 3)
    assert other["unasked"]
    summary = json.loads(Path("s.json").read_text())
    assert (summary["not_asked"], summary["silent"], summary["silent_name_servers"]) == (1, 0, [])
    assert "1 not known in full: not in the zones or the recording given, and not queried" in run.out
    assert "did not answer" not in run.out
    assert "have no answer" not in run.out


def test_what_other_topics_looked_up_is_no_sample() -> None:
    """A DMARC rule reads the SPF record of only some domains: their share is not that of all domains."""
    Path("list.txt").write_text("good.example\n")
    run = mailproof("bulk", "list.txt", *OFFLINE, "-o", "o.jsonl", "--select", "DMARC")
    assert re.search(r"^  DMARC +1 +100\.0%", run.out, re.MULTILINE)
    assert json.loads(Path("o.jsonl").read_text())["spf"] == ""
    assert not re.search(r"^  SPF ", run.out, re.MULTILINE)


def test_mx_hosts_are_those_of_mx_records() -> None:
    """Those of a null MX, and of a domain without MX, are none."""
    Path("list.txt").write_text("good.example\nclosed.example\nbare.example\n")
    mailproof("bulk", "list.txt", *OFFLINE, "-o", "out.jsonl", "--summary", "s.json")
    assert {each["domain"]: each["mx_hosts"] for each in rows()} == {
        "good.example": 1,
        "closed.example": 0,
        "bare.example": 0,
    }
    assert dict(json.loads(Path("s.json").read_text())["adoption"])["MX"] == {"have": 1, "known": 3}


def test_name_servers_are_those_of_an_operator_and_not_of_a_country() -> None:
    Path("z.zone").write_text("$ORIGIN acme.example.\n@ 60 NS ns1.dns.host.co.uk.\n")
    Path("list.txt").write_text("acme.example\n")
    mailproof("bulk", "list.txt", *OFFLINE, "-o", "out.jsonl", "-q")
    assert rows()[0]["name_servers"] == "host.co.uk"


def test_what_was_not_asked_is_not_tried_again() -> None:
    """Zones and recordings do not change: these rows are written at once, and not retried."""
    Path("list.txt").write_text("other.test\ngood.example\nanother.test\n")
    run = ("bulk", "list.txt", "-o", "out.jsonl", *OFFLINE, "-q", "--at-once", "1")
    mailproof(*run)
    assert [each["domain"] for each in rows()] == ["other.test", "good.example", "another.test"]
    before = Path("out.jsonl").read_bytes()
    assert mailproof(*run, "--resume").code == 3
    assert Path("out.jsonl").read_bytes() == before


def test_the_summary_names_slow_and_silent_name_servers(silent: str) -> None:
    live = ("--nameserver", silent, "--timeout", "8", "--workers", "1")
    Path("list.txt").write_text("a.example\nb.example\n")
    for ending in ("json", "html"):
        run = mailproof("bulk", "list.txt", "-o", f"{ending}.jsonl", *live, "--summary", f"s.{ending}")
        assert "Name servers that did not answer: 2" in run.out
        assert "Slowest name servers" in run.out
    summary = json.loads(Path("s.json").read_text())
    assert summary["silent"] == len(summary["silent_name_servers"]) == 2
    assert {each["name"] for each in summary["slowest_name_servers"]} == {"a.example", "b.example"}
    assert all(each["seconds"] >= 1 for each in summary["slowest_name_servers"])
    assert "<caption>Slowest name servers</caption>" in Path("s.html").read_text()
    assert "<caption>Name servers that did not answer: 2</caption>" in Path("s.html").read_text()


@pytest.mark.parametrize("detail", ["findings", "full"])
def test_more_detail(detail: str) -> None:
    mailproof("bulk", "list.txt", "-o", "out.jsonl", *OFFLINE, "--detail", detail, "-q")
    row = next(each for each in rows() if each["domain"] == "bad.example")
    assert any(finding["fix"] or finding["location"] for finding in row["findings"])
    assert ("report" in row) == (detail == "full")
    if detail == "full":
        assert row["report"]["subject"] == "bad.example"


def test_csv_has_one_line_a_domain_and_no_formulas() -> None:
    run = mailproof("bulk", "list.txt", "-o", "out.csv", *OFFLINE, "-q")
    assert run.out == ""
    head, *lines = Path("out.csv").read_text().splitlines()
    assert head.startswith("domain,line,verdict,grade,")
    assert len(lines) == 3
    assert any("'+all" in line for line in lines)
    assert not Path("out.csv.partial.jsonl").exists()


def test_a_table_behind_a_link_is_written_where_it_leads() -> None:
    Path("link.csv").symlink_to("out.csv")
    mailproof("bulk", "list.txt", "-o", "link.csv", *OFFLINE, "-q")
    assert Path("link.csv").is_symlink()
    assert len(Path("out.csv").read_text().splitlines()) == 4


def test_parquet_can_be_queried() -> None:
    parquet = pytest.importorskip("pyarrow.parquet", reason="needs pyarrow: mailproof[parquet]")
    mailproof("bulk", "list.txt", "-o", "out.parquet", *OFFLINE, "-q")
    table = parquet.read_table("out.parquet").to_pylist()
    bad = next(each for each in table if each["domain"] == "bad.example")
    assert bad["errors"] == sum(each["severity"] == "error" for each in bad["findings"])
    assert bad["checked"].tzinfo is not None


@pytest.mark.parametrize("columns", [60, 80, 200])
def test_a_line_of_the_summary_is_one_line(columns: int) -> None:
    run = mailproof("bulk", "list.txt", "-o", "out.jsonl", *OFFLINE, columns=columns)
    assert max(map(len, run.out.splitlines())) <= columns
    assert re.search(r"^  SPF +2 +100\.0% (█+|#+)$", run.out, re.MULTILINE)


def test_lines_on_standard_output() -> None:
    run = mailproof("bulk", "list.txt", *OFFLINE)
    assert len(run.out.splitlines()) == 3
    assert all(json.loads(line)["domain"] for line in run.out.splitlines())
    assert "3 domains checked" in run.err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("none.txt",), "none.txt: cannot be read: No such file"),
        ((".",), "Is a directory"),
        (("list.txt", "-o", "out.xlsx"), ".jsonl, .csv or .parquet"),
        (("list.txt", "-o", "no/out.jsonl"), "the folder no does not exist"),
        (("list.txt", "--resume"), "give -o FILE"),
        (("list.txt", "-o", "out.csv", "--detail", "full"), "needs a .jsonl file"),
        (("list.txt", "--summary", "s.doc"), ".txt, .json or .html"),
        (("list.txt", "--summary", "list.txt"), "--summary list.txt: this command reads it"),
        (("list.txt", "--select", "XYZ1"), "XYZ1"),
        (("list.txt", "--workers", "0"), "--workers"),
        (("list.txt", "--rate", "nan"), "--rate: nan is not a number"),
        (("list.txt", "--rate", "inf"), "--rate: inf is not a number"),
        (("list.txt", "--timeout", "nan"), "--timeout: nan is not a number"),
    ],
)
def test_bad_input(arguments: tuple[str, ...], words: str) -> None:
    run = mailproof("bulk", *arguments, *(OFFLINE[:3]))
    assert run.code == 2
    assert words in run.err
    assert run.err.count("\n") == 1


@pytest.mark.parametrize("option", ["--zone", "--replay"])
def test_a_pipe_that_worker_processes_would_have_to_read_is_refused_in_words(option: str) -> None:
    out, into = os.pipe()
    os.close(into)
    given = () if option == "--replay" else OFFLINE
    run = mailproof("bulk", "list.txt", option, f"/dev/fd/{out}", *given)
    os.close(out)
    assert (run.code, run.out, run.err.count("\n")) == (2, "", 1)
    assert "a pipe, which worker processes cannot read: name a file" in run.err


def test_a_rate_that_no_domain_can_be_done_with_is_refused(silent: str) -> None:
    live = ("--nameserver", silent, "-q", "--workers", "4")
    run = mailproof("bulk", "list.txt", "-o", "out.jsonl", *live, "--rate", "10")
    assert (run.code, run.err.count("\n")) == (2, 1)
    assert "each of 4 processes sends 75 queries in the 30 s" in run.err
    assert run.err.endswith("use --rate 12, or --workers 1\n")
    assert not Path("out.jsonl").exists()


@pytest.mark.parametrize("connect", [(), ("--connect",)])
@pytest.mark.parametrize("given", [("1",), ("0.9", "--timeout", "7"), ("1e-320",), ("11", "--workers", "1")])
def test_what_the_error_suggests_is_taken(
    given: tuple[str, ...], connect: tuple[str, ...], silent: str
) -> None:
    Path("list.txt").write_text("")
    live = ("bulk", "list.txt", "--nameserver", silent, "-q", "--timeout", "5", "--workers", "4", *connect)
    error = mailproof(*live, "--rate", *given).err.strip()
    ways = error.rpartition(": use ")[2].split(", or ")
    assert len(ways) == (1 if given == ("1e-320",) else 2)
    for way in ways:
        assert mailproof(*live, "--rate", *given, *way.split()).err == f"mailproof: {NO_DOMAIN}\n"


@pytest.mark.parametrize("text", ["a b\n..\n", "", "# nothing\n\n"])
@pytest.mark.parametrize("output", [(), ("-o", "out.jsonl"), ("-o", "out.csv")])
def test_a_list_without_a_domain_is_wrong_usage(text: str, output: tuple[str, ...]) -> None:
    Path("list.txt").write_text(text)
    run = mailproof("bulk", "list.txt", *output, *OFFLINE, "--summary", "s.json")
    assert (run.code, run.out) == (2, "")
    assert run.err.splitlines()[-1] == f"mailproof: {NO_DOMAIN}"
    assert run.err.count("\n") == (3 if "a" in text else 1)
    assert [each.name for each in Path().iterdir() if each.name.startswith(("out", "s."))] == []


def test_an_empty_list_adds_nothing_to_an_earlier_run() -> None:
    mailproof("bulk", "list.txt", "-o", "out.jsonl", *OFFLINE, "-q")
    before = Path("out.jsonl").read_bytes()
    Path("list.txt").write_text("")
    assert mailproof("bulk", "list.txt", "-o", "out.jsonl", *OFFLINE, "--resume").code == 0
    assert Path("out.jsonl").read_bytes() == before


@pytest.mark.parametrize(
    ("output", "other"),
    [
        ("out.jsonl", ("--detail", "findings")),
        ("out.csv", ("--select", "SPF")),
        ("out.parquet", ("--all-selectors",)),
        ("out.jsonl", ("--config", "other.toml")),
    ],
)
def test_rows_of_other_options_are_not_mixed(output: str, other: tuple[str, ...]) -> None:
    if output == "out.parquet":
        pytest.importorskip("pyarrow", reason="needs pyarrow: mailproof[parquet]")
    Path("other.toml").write_text('[selectors]\n"good.example" = ["s9"]\n')
    mailproof("bulk", "list.txt", "-o", "out.jsonl", *OFFLINE, "-q")
    begun = Path("out.jsonl").rename("out.jsonl" if output == "out.jsonl" else f"{output}.partial.jsonl")
    before = begun.read_bytes()
    Path("list.txt").write_text("more.example\n")
    run = mailproof("bulk", "list.txt", "-o", output, *OFFLINE, "--resume", *other)
    assert (run.code, run.err.count("\n"), begun.read_bytes()) == (2, 1, before)
    assert f"{begun}: line 1 was made with other options (--detail, --select" in run.err
    assert mailproof("bulk", "list.txt", "-o", output, *OFFLINE, "--resume", "-q").code == 0


def test_a_run_is_not_overwritten_and_goes_on() -> None:
    mailproof("bulk", "list.txt", "-o", "out.jsonl", *OFFLINE, "-q")
    before = Path("out.jsonl").read_bytes()
    refused = mailproof("bulk", "list.txt", "-o", "out.jsonl", *OFFLINE, "-q")
    assert (refused.code, Path("out.jsonl").read_bytes()) == (2, before)
    whole = before.splitlines(keepends=True)
    Path("out.jsonl").write_bytes(whole[0] + whole[1][:-40])  # as after kill -9
    mailproof("bulk", "list.txt", "-o", "out.jsonl", *OFFLINE, "-q", "--resume")
    assert Counter(each["domain"] for each in rows()) == Counter(json.loads(line)["domain"] for line in whole)
    assert Path("out.jsonl").read_bytes().startswith(whole[0])


def test_another_file_is_left_as_it_is() -> None:
    Path("notes.jsonl").write_text("my notes\nof today")
    run = mailproof("bulk", "list.txt", "-o", "notes.jsonl", *OFFLINE, "--resume")
    assert (run.code, run.err.count("\n")) == (2, 1)
    assert "notes.jsonl: line 1 is not a result: is this another file?" in run.err
    assert Path("notes.jsonl").read_text() == "my notes\nof today"
