"""docs/monitor.md: its examples work, and its tables match the code."""

from __future__ import annotations

import configparser
import json
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import jsonschema
import pytest
from docs.manual import json_schema

from mailproof.cli.app import app
from mailproof.config.load import parse_config
from mailproof.monitor.events import Event, News, moment
from mailproof.monitor.metrics import METRICS
from mailproof.monitor.shapes import plain

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "monitor.md").read_text(encoding="utf-8")


def block(kind: str) -> str:
    """The first block of that kind."""
    return PAGE.partition(f"```{kind}\n")[2].partition("```")[0]


def unit() -> configparser.ConfigParser:
    parser = configparser.ConfigParser(interpolation=None)
    parser.optionxform = str  # type: ignore[assignment,method-assign] # keys keep their case
    parser.read_string(block("ini"))
    return parser


def takes(words: list[str]) -> bool:
    """Whether the command line accepts these; nothing is run."""
    import typer.main

    command = typer.main.get_command(app)
    with command.make_context("mailproof", [words[0]]) as context:
        found = command.get_command(context, words[0])  # type: ignore[attr-defined]
        found.make_context(words[0], words[1:], parent=context).close()
    return True


def test_the_configuration_is_read() -> None:
    jsonschema.Draft7Validator(json_schema()).validate(tomllib.loads(block("toml")))
    found = parse_config(block("toml"), Path("m.toml")).monitor
    assert (found.interval_s, found.webhook and found.webhook.kind) == (900, "slack")


def test_the_line_of_json_has_the_keys_that_are_written() -> None:
    event = Event(3, moment(0), "probe", "demo", News("arrival", "worse", "x"))
    assert list(json.loads(block("json"))) == list(plain(event))


def test_every_metric_is_in_the_table_with_its_labels() -> None:
    table = PAGE.partition("| metric | labels | |\n")[2].partition("\n\n")[0]
    rows = [line.split("|")[1:3] for line in table.splitlines()[1:]]
    found = {
        name: re.findall(r"`(\w+)`", labels)
        for names, labels in rows
        for name in re.findall(r"`(\w+)`", names)
    }
    assert found == {metric.name: list(metric.labels) for metric in METRICS}


def test_the_command_of_the_unit_and_of_cron_are_taken() -> None:
    program, *words = shlex.split(unit()["Service"]["ExecStart"])
    assert program == "/usr/local/bin/mailproof"
    assert takes(words)
    line = block("crontab").split(None, 5)
    assert len(line[:5]) == 5
    program, *words = shlex.split(line[5])
    assert program == "mailproof"
    assert takes(words)


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed")
def test_systemd_takes_the_unit(tmp_path: Path) -> None:
    """With this machine's programs and files in place of the page's."""
    (tmp_path / "secrets").touch()
    text = block("ini").replace("/usr/local/bin/mailproof", sys.executable)
    file = tmp_path / "mailproof.service"
    file.write_text(text.replace("/etc/mailproof/secrets", str(tmp_path / "secrets")))
    run = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", str(file)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    ours = [line for line in run.stderr.splitlines() if "mailproof" in line]
    assert ours == []
