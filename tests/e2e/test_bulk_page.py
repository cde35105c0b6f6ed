"""docs/bulk.md: its queries run, and it names every column."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from mailproof.model.bulk import ShortRow
from tests.support.cli import mailproof

PAGE = (Path(__file__).parents[2] / "docs" / "bulk.md").read_text("utf-8")
QUERIES = re.findall(r"```sql\n(.+?)\n```", PAGE, re.DOTALL)
ZONE = """$ORIGIN acme.example.
@ 60 IN SOA ns1 hostmaster 1 2 3 4 5
@ 60 IN NS ns1
ns1 60 IN A 192.0.2.53
@ 60 IN TXT "v=spf1 +all"
_dmarc 60 IN TXT "v=DMARC1; p=quarantine"
"""


def test_every_column_is_explained() -> None:
    named = {name for row in re.findall(r"^\| (`.+?) \|", PAGE, re.MULTILINE) for name in row.split("`")}
    assert set(ShortRow.__struct_fields__) <= named


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("bulk")
    (folder / "acme.zone").write_text(ZONE)
    (folder / "list").write_text("acme.example\nother.example\n")
    zone = str(folder / "acme.zone")
    given = ("bulk", str(folder / "list"), "--zone", zone, "--offline", "--workers", "1", "-q")
    run = mailproof(*given, "-o", str(folder / "results.parquet"))
    assert run.code == 3, run.err
    return folder


def test_the_queries(results: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    duckdb = pytest.importorskip("duckdb")
    monkeypatch.chdir(results)
    policies, findings, providers, unknown = [duckdb.sql(each).fetchall() for each in QUERIES]
    assert policies == [("quarantine", 1)]
    assert ("SPF006", 1) in findings
    assert providers == []
    assert [each[0] for each in unknown] == ["other.example"]


SCALE = (Path(__file__).parents[2] / "docs" / "scale.md").read_text("utf-8")


def test_the_queries_over_parts(results: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    duckdb = pytest.importorskip("duckdb")
    (results / "results").mkdir()
    for number, name in enumerate(("acme.example", "other.example")):
        source, part = results / "results.parquet", results / "results" / f"part-{number}.parquet"
        duckdb.sql(f"COPY (FROM '{source}' WHERE domain = '{name}') TO '{part}'")
    monkeypatch.chdir(results)
    count, grades, servers, again = re.findall(r"```sql\n(.+?)\n```", SCALE, re.DOTALL)
    assert duckdb.sql(count).fetchall()[0][:2] == (2, 2)
    assert sum(domains for _, domains in duckdb.sql(grades).fetchall()) == 2
    assert {each[0] for each in duckdb.sql(servers).fetchall()} >= {"acme.example"}
    duckdb.sql(again)
    assert (results / "again.txt").read_text() == "other.example\n"
