"""The recipes in docs/json.md do what the page says, on a report of two domains."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tests.support.cli import mailproof

DOCS = Path(__file__).parents[2] / "docs"
RECIPES = re.findall(r"```sh\n(.+)\n```", (DOCS / "json.md").read_text("utf-8"))
ZONE = """$ORIGIN acme.example.
@ 60 IN SOA ns1 hostmaster 1 2 3 4 5
@ 60 IN NS ns1
@ 60 IN NS ns2.other.example.
ns1 60 IN A 192.0.2.53
@ 60 IN MX 10 mx1
mx1 60 IN A 192.0.2.26
@ 60 IN TXT "v=spf1 mx include:esp.example ip6:2001:db8::/32 +all"
_dmarc 60 IN TXT "v=DMARC1; p=quarantine"
"""
#: Part of each recipe's output, in the order of the page.
WRITES = (
    "",  # nothing was sent
    "acme.example\t-\tfail\nb.example\t-\tunknown\n",
    "acme.example\tSPF006\tThe SPF record of acme.example ends in +all",
    'acme.example. 60 IN TXT "v=spf1 mx include:esp.example ip6:2001:db8::/32 ~all"\n',
    "b.example\t",
    '{"domain":"acme.example","lookups":2,"policy":"quarantine"}\n',
    "false\n",
)


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report.json that the recipes read."""
    folder = tmp_path_factory.mktemp("json")
    (folder / "acme.zone").write_text(ZONE)
    # Nothing listens there: b.example cannot be checked.
    run = mailproof(
        *(
            "audit",
            "acme.example",
            "b.example",
            "--zone",
            str(folder / "acme.zone"),
            "--nameserver",
            "127.0.0.1:9",
        ),
        *("--no-connect", "--timeout", "3", "-o", str(folder / "report.json"), "-q"),
    )
    assert run.code == 1, run.err
    return folder / "report.json"


@pytest.mark.skipif(shutil.which("jq") is None, reason="needs jq (Debian package jq)")
@pytest.mark.parametrize(("recipe", "writes"), tuple(zip(RECIPES, WRITES, strict=True)))
def test_a_recipe(recipe: str, writes: str, report: Path) -> None:
    done = subprocess.run(
        ["sh", "-c", recipe], cwd=report.parent, capture_output=True, text=True, check=False
    )
    assert done.stderr == ""
    assert writes in done.stdout
    assert done.returncode == (1 if "-e" in recipe else 0)


def test_one_object_for_one_domain_and_for_several(report: Path) -> None:
    several: dict[str, Any] = json.loads(report.read_text())
    one: dict[str, Any] = json.loads(
        mailproof("audit", "--zone", str(report.parent / "acme.zone"), "--offline", "-f", "json").out
    )
    schema = json.loads((DOCS / "report.schema.json").read_text())
    for each in (one, several):
        jsonschema.validate(each, schema)
        assert each["schema_version"] == "2"
        found = [f["severity"] for r in each["reports"] for o in r["outcomes"] for f in o["findings"]]
        assert each["summary"]["findings"] == {s: found.count(s) for s in ("error", "warning", "info")}
        assert each["summary"]["complete"] is False
    assert [each["subject"] for each in several["reports"]] == ["acme.example", "b.example"]
    first, last = several["summary"]["domains"]
    assert first["first"]["severity"] == "error"
    assert last["first"] is None
    assert first["verdict"] == several["reports"][0]["verdict"]


def test_what_javascript_would_round_is_a_string(report: Path) -> None:
    """ECMAScript's Number.MAX_SAFE_INTEGER."""

    def numbers(value: object) -> list[int]:
        if isinstance(value, dict | list):
            return [
                n for each in (value.values() if isinstance(value, dict) else value) for n in numbers(each)
            ]
        return [value] if isinstance(value, int) else []

    found = json.loads(report.read_text())
    assert found["reports"][0]["facts"]["dns"]["spf"]["allowed"]["ipv6"] == str(2**128)
    assert all(abs(number) < 2**53 for number in numbers(found))


def test_jsonl_has_the_same_reports(report: Path) -> None:
    out = mailproof("audit", "--zone", str(report.parent / "acme.zone"), "--offline", "-f", "jsonl").out
    (line,) = map(json.loads, out.splitlines())
    assert set(line) == set(json.loads(report.read_text())["reports"][0])
    assert line["verdict"]["status"] == "fail"


def test_the_page_names_every_key_of_the_document(report: Path) -> None:
    page = (DOCS / "json.md").read_text("utf-8")
    found = json.loads(report.read_text())
    for key in (*found, *(f"summary.{key}" for key in found["summary"]), *found["summary"]["domains"][0]):
        assert re.search(rf"`{re.escape(key)}[`\[.]", page), key
