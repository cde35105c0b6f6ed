"""Exports and plans from the command line: findings at their line, bad input in one line."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from tests.support.cli import mailproof

INPUTS = Path(__file__).parents[2] / "fixtures" / "inputs"


@pytest.mark.parametrize(
    ("file", "line"), [("dnscontrol.json", 15), ("route53.json", 22), ("cloudflare.json", 7)]
)
def test_a_finding_names_the_line_of_the_file(file: str, line: int) -> None:
    run = mailproof(
        "audit",
        "--zone",
        str(INPUTS / file),
        "--offline",
        "--select",
        "DMARC007",
        "--no-connect",
        columns=200,
    )
    shown = " ".join(run.out.split())  # a long path is folded
    assert f"{INPUTS / file}:{line} _dmarc.acme.example TXT" in shown
    assert "acme.example has" in run.out


def test_the_domains_need_not_be_named_and_what_was_left_out_is_said() -> None:
    run = mailproof("audit", "--zone", str(INPUTS / "dnscontrol.json"), "--offline", "-q")
    assert "shared.example" in run.out
    assert run.err.count("CF_WORKER_ROUTE") == 1


@pytest.mark.parametrize(
    ("content", "options", "said"),
    [
        ('{"domains": [', (), "bad.json:1:14: the JSON ends too early: the file is cut off"),
        ('{"password": "hunter2"}', (), "bad.json:1:1: JSON of a form that is not known"),
        ('{"domains": []}', ("--input-format", "dnscontrol"), "no domains in it"),
        ('{"domains": []}', ("--input-format", "zone"), "bad.json:1:2: unknown record type"),
        ("$ORIGIN acme.example.\n", ("--input-format", "route53"), "bad.json:1:1: not JSON from here on"),
    ],
)
def test_bad_input_is_one_line_and_exit_code_2(
    tmp_path: Path, content: str, options: tuple[str, ...], said: str
) -> None:
    file = tmp_path / "bad.json"
    file.write_text(content)
    run = mailproof("audit", "acme.example", "--zone", str(file), "--offline", *options)
    assert (run.code, run.out) == (2, "")
    assert said in run.err
    assert len(run.err.splitlines()) == 1
    assert "hunter2" not in run.err


@pytest.mark.parametrize("command", ["audit a.example --zone x.gz", "verify x.gz --zone other.zone"])
def test_a_compressed_file_is_named_as_such(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("x.gz").write_bytes(gzip.compress(b"$ORIGIN acme.example.\n"))
    Path("other.zone").write_text("$ORIGIN other.example.\n")
    run = mailproof(*command.split(), "--offline")
    assert (run.code, run.err) == (2, "mailproof: x.gz: it is compressed: unpack it first (gunzip -c)\n")


def test_a_format_without_a_file() -> None:
    run = mailproof("audit", "acme.example", "--input-format", "route53")
    assert run.code == 2
    assert "--input-format is the format of --zone files: give --zone FILE" in run.err


def test_an_unknown_format_names_the_known() -> None:
    run = mailproof("audit", "acme.example", "--zone", "x", "--input-format", "yaml")
    assert run.code == 2
    assert "route53" in run.err


PLAN = INPUTS / "terraform-plan.json"


def test_a_plan_offline_fails_at_the_line_and_asks_about_nothing_else() -> None:
    run = mailproof(
        *("audit", "acme.example", "--zone", str(PLAN), "--offline"),
        *("--select", "DMARC", "--fail-on", "warning"),
    )
    assert run.code == 1
    assert f"{PLAN}:160_dmarc.acme.exampleTXT" in "".join(run.out.split())
    assert "was not read: the name or zone is known only after the plan is applied" in run.err


def test_what_is_known_only_after_apply_is_unknown_and_not_missing(tmp_path: Path) -> None:
    zone = tmp_path / "acme.example.zone"
    zone.write_text("@ IN MX 10 mx\nmx IN A 192.0.2.25\n")
    run = mailproof(
        "audit", "acme.example", "--zone", str(zone), "--zone", str(PLAN), "--offline", "--select", "DKIM003"
    )
    assert run.code == 3
    assert "no value (aws_route53_record.ses[0] may be a key)" in run.out


@pytest.mark.parametrize("options", [("-f", "json"), ("-vv",), ("-q",)])
def test_secrets_of_a_plan_are_never_shown(options: tuple[str, ...]) -> None:
    run = mailproof(
        "audit", "hidden.acme.example", "acme.example", "--zone", str(PLAN), "--offline", *options
    )
    assert "hunter2" not in run.out + run.err
    assert "the-sensitive-value-of-a-record" not in run.out + run.err


@pytest.mark.parametrize(("number", "code"), [(90, 1), (101, 2)])
def test_many_secrets_of_a_plan_are_all_hidden_or_the_plan_is_refused(
    number: int, code: int, tmp_path: Path
) -> None:
    zone = {
        "address": "cloudflare_zone.z",
        "type": "cloudflare_zone",
        "values": {"id": "Z", "name": "acme.example"},
    }
    texts = {"acme.example": "v=spf1 exists:sensitive.example +all"}
    texts |= {f"x{each}.acme.example": f"verification={each:05}" for each in range(1, number)}
    records = [
        {
            "address": f"cloudflare_record.r{each}",
            "type": "cloudflare_record",
            "values": {"name": name, "type": "TXT", "ttl": 60, "zone_id": "Z", "content": text},
            "sensitive_values": {"content": True},
        }
        for each, (name, text) in enumerate(texts.items())
    ]
    plan = {"format_version": "1.2", "values": {"root_module": {"resources": [zone, *records]}}}
    (tmp_path / "plan.json").write_text(json.dumps(plan))
    run = mailproof(
        *("audit", "acme.example", "--zone", str(tmp_path / "plan.json"), "--offline", "-f", "json"),
    )
    assert run.code == code, run.err
    assert ("nonsensitive" in run.err) == (code == 2)
    assert "v=spf1 exists:sensitive.example" not in run.out + run.err


def test_secrets_of_a_plan_are_not_shown_by_spf_either(tmp_path: Path) -> None:
    plan = PLAN.read_text().replace(
        "the-sensitive-value-of-a-record", "v=spf1 exists:the-sensitive-value.example"
    )
    file = tmp_path / "plan.json"
    file.write_text(plan)
    for form in ("text", "json"):
        run = mailproof(
            *("spf", "hidden.acme.example", "--ip", "192.0.2.1", "--zone", str(file), "--offline", "-f", form)
        )
        assert "hidden.acme.example" in run.out
        assert "v=spf1 exists:the-sensitive-value.example" not in run.out


def test_a_directory_of_octodns() -> None:
    run = mailproof(
        "audit", "--zone", str(INPUTS / "octodns"), "--offline", "-s", "s1", "--fail-on", "warning"
    )
    assert run.code == 1
    assert f"{INPUTS / 'octodns' / 'acme.example.yaml'}:16_dmarc.acme.exampleTXT" in "".join(run.out.split())
    assert run.err == ""
