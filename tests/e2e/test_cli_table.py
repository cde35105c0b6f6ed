"""Several domains: the table comes first, -q shows only it, and domains left unknown by the time limit."""

from __future__ import annotations

from pathlib import Path

import pytest

from mailproof.cli.domain_table import with_table
from mailproof.cli.sinks import Sink
from mailproof.model import Facts, Outcome, Report
from mailproof.render.formats import TEXT
from mailproof.render.look import Look
from mailproof.structs import replace
from tests.support.cli import mailproof

ZONE = """$ORIGIN example.
good 60 IN TXT "v=spf1 ip4:192.0.2.25 -all"
good 60 IN MX 10 mx.good
mx.good 60 IN A 192.0.2.25
_dmarc.good 60 IN TXT "v=DMARC1; p=reject; rua=mailto:d@good.example"
bad 60 IN TXT "v=spf1 ip4:192.0.2.25 +all"
bad 60 IN MX 10 mx.good
"""
OFFLINE = ("--zone", "acme.zone", "--offline")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "acme.zone").write_text(ZONE)
    return tmp_path


@pytest.mark.parametrize("columns", [60, 80, 200])
def test_quiet_is_the_table_alone(columns: int) -> None:
    run = mailproof("audit", "good.example", "bad.example", *OFFLINE, "-q", columns=columns)
    lines = run.out.splitlines()
    assert lines[0].split()[:7] == ["domain", "grade", "SPF", "DKIM", "DMARC", "MX", "TLS"]
    assert lines[1].split()[1:6] == ["good.example", "A", "✓", "!", "✓"]
    assert lines[2].split()[:4] == ["✗", "bad.example", "F", "✗"]
    assert ("MTA-STS" in lines[0]) == (columns > 99)
    assert max(map(len, lines)) <= columns
    assert "What to fix" not in run.out


def test_without_unicode_lines_are_no_wider() -> None:
    sink = with_table(["a" * 30, "b"], 30.0)(TEXT, Look(width=60, quiet=True, unicode=False), None)
    sink.take(_report("a" * 300, 2.0))
    assert sink.text.isascii()
    assert max(map(len, sink.text.splitlines())) <= 60


def test_an_internationalized_domain_is_named_once() -> None:
    run = mailproof("audit", "good.example", "bücher.example", *OFFLINE, "-q")
    assert run.out.splitlines()[2].split() == ["✗", "xn--bcher-kva.example", "–", "does", "not", "exist"]


def test_the_table_is_before_the_details_and_in_files_too(folder: Path) -> None:
    run = mailproof("audit", "good.example", "bad.example", *OFFLINE, "-o", "r.txt")
    for text in (run.out, (folder / "r.txt").read_text()):
        assert text.startswith("  domain")
        assert text.index("✗ bad.example") < text.index("Mail from good.example should be delivered")
        assert "2 reports: " in text


def test_one_domain_has_no_table() -> None:
    assert "first finding" not in mailproof("audit", "good.example", *OFFLINE).out


def test_check_has_it_too(folder: Path) -> None:
    (folder / "mailproof.toml").write_text(
        '[[domains]]\nname = "good.example"\n[[domains]]\nname = "bad.example"\n'
    )
    run = mailproof("check", *OFFLINE, "-q")
    assert run.out.startswith("  domain")
    assert "✗ bad.example" in run.out


def test_what_is_in_no_zone_is_named_as_unknown() -> None:
    run = mailproof("audit", "good.example", "other.test", *OFFLINE, "-q")
    assert "1 domain not known in full: something could not be checked (other.test)." in " ".join(
        run.out.split()
    )


def test_who_is_unknown_because_time_was_over_is_named() -> None:
    reports = [_report(f"d{number}.example", 30.1) for number in range(7)] + [_report("fine.example", 2.0)]
    names = [each.subject for each in reports]
    sink = with_table(names, 30.0)(TEXT, Look(width=200, quiet=True), None)
    for each in reports:
        sink.take(each)
    sink.end(3)
    assert "7 domains not known in full: the time limit of 30 s was over (d0.example, " in sink.text
    assert "d4.example and 2 more)" in sink.text
    assert "1 domain not known in full: something could not be checked (fine.example)" in sink.text
    assert type(with_table(names[:1], 30.0)(TEXT, Look(), None)) is Sink


def _report(domain: str, elapsed_s: float) -> Report:
    from datetime import UTC, datetime

    from mailproof.model import Score, Tool

    outcome = Outcome("SPF001", domain, "unknown", reason="no answer")
    report = Report(
        schema_version="1",
        tool=Tool(version="0"),
        started=datetime(2026, 11, 1, tzinfo=UTC),
        subject=domain,
        outcomes=(outcome,),
        facts=Facts(),
        score=Score(None, 0),
    )
    return replace(report, elapsed_s=elapsed_s)
