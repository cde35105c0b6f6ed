"""action.yml: checked by other projects' linters, and its step run as GitHub's runner would."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml

from tests.support.tools import tool

ROOT = Path(__file__).resolve().parents[2]
ACTION: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
STEPS: list[dict[str, Any]] = ACTION["runs"]["steps"]
ZONE = """$ORIGIN acme.example.
@ 3600 SOA ns1 hostmaster 1 7200 3600 1209600 3600
@ 3600 NS ns1
@ 3600 NS ns2
ns1 3600 A 192.0.2.53
ns2 3600 A 198.51.100.53
@ 3600 MX 10 mx1
mx1 3600 A 192.0.2.26
@ 3600 TXT "v=spf1 ip4:192.0.2.26 -all"
_dmarc 3600 TXT "v=DMARC1; p=reject; rua=mailto:d@acme.example"
s1._domainkey 3600 TXT "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="
"""


class Step(NamedTuple):
    """The step's results."""

    code: int
    log: str
    outputs: dict[str, str]
    summary: str


def step(folder: Path, **inputs: str) -> Step:
    """Run the first step of action.yml in that folder, with these inputs (``_`` for ``-``)."""
    given = {name: str(each.get("default", "")) for name, each in ACTION["inputs"].items()}
    given |= {name.replace("_", "-"): value for name, value in inputs.items()}
    known = {f"inputs.{name}": value for name, value in given.items()} | {"github.action_path": str(ROOT)}

    def filled(text: str) -> str:
        return re.sub(r"\$\{\{ (\S+) \}\}", lambda match: known[match[1]], text)

    (folder / "temp").mkdir(exist_ok=True)
    output, summary = folder / "temp" / "output", folder / "temp" / "summary"
    output.write_text("")
    summary.write_text("")
    variables = {name: filled(value) for name, value in STEPS[0]["env"].items()}
    done = subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", STEPS[0]["run"]],
        cwd=folder,
        env={
            **{name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ},
            **variables,
            "IN_PYTHON": sys.executable,
            "CI": "true",
            "GITHUB_ACTIONS": "true",
            "GITHUB_OUTPUT": str(output),
            "GITHUB_STEP_SUMMARY": str(summary),
            "RUNNER_TEMP": str(folder / "temp"),
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    outputs = dict(line.split("=", 1) for line in output.read_text().splitlines())
    return Step(done.returncode, done.stdout, outputs, summary.read_text("utf-8"))


def test_the_linters_have_nothing_to_say() -> None:
    for command in (
        [tool("check-jsonschema"), "--builtin-schema", "vendor.github-actions", "action.yml"],
        [tool("zizmor"), "--offline", "--no-progress", "action.yml"],
    ):
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr


def test_inputs_reach_the_script_as_variables_alone_and_other_actions_are_pinned() -> None:
    assert all("${{" not in each.get("run", "") for each in STEPS)
    assert set(re.findall(r"inputs\.([\w-]+)", str(STEPS))) == set(ACTION["inputs"])
    used = [each["uses"] for each in STEPS if "uses" in each]
    assert used
    assert all(re.fullmatch(r"[\w/-]+@[0-9a-f]{40}", each) for each in used)
    upload = next(each for each in STEPS if "upload-sarif" in each.get("uses", ""))
    assert upload["if"].startswith("always()")


def test_a_zone_that_is_fine_passes(tmp_path: Path) -> None:
    (tmp_path / "acme.zone").write_text(ZONE)
    done = step(tmp_path, command="audit", zones="acme.zone\n", offline="true")
    assert done.code == 0, done.log
    assert done.outputs == {
        "passed": "true",
        "complete": "true",
        "worst-severity": "info",
        "json": str(tmp_path / "temp" / "mailproof.json"),
        "sarif": str(tmp_path / "temp" / "mailproof.sarif"),
    }
    assert "acme.example" in done.summary
    assert "::error" not in done.log


def test_a_change_that_breaks_mail_fails_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "a zone").mkdir()
    (tmp_path / "a zone" / "acme.zone").write_text(ZONE.replace("-all", "+all"))
    (tmp_path / "mailproof.toml").write_text(
        'zones = ["a zone"]\noffline = true\n[[domains]]\nname = "acme.example"\n'
    )
    done = step(tmp_path)
    assert done.code == 1, done.log
    assert (done.outputs["passed"], done.outputs["worst-severity"]) == ("false", "error")
    assert "::error file=a zone/acme.zone,line=9," in done.log
    assert "SPF006" in done.summary
    assert step(tmp_path, args="--ignore\nSPF006", domains="acme.example").code == 0


def test_what_could_not_be_checked_is_neither_complete_nor_passed(tmp_path: Path) -> None:
    (tmp_path / "acme.zone").write_text(ZONE.replace("-all", "include:_spf.esp.example -all"))
    done = step(tmp_path, command="audit", zones="acme.zone", offline="true")
    assert done.code == 3, done.log
    assert (done.outputs["passed"], done.outputs["complete"]) == ("false", "false")


@pytest.mark.parametrize(
    ("inputs", "said"),
    [
        ({"command": "probe"}, "neither check nor audit"),
        ({"command": "audit", "baseline": "known.json"}, "the input baseline is for the command check"),
        ({"offline": "yes"}, "the input offline is neither true nor false"),
        ({"config": "none.toml"}, "none.toml"),
        ({"command": "audit", "zones": '"; touch owned; "\n$(touch owned)\n`touch owned`'}, "touch owned"),
    ],
)
def test_wrong_inputs_are_said_in_a_line(inputs: dict[str, str], said: str, tmp_path: Path) -> None:
    done = step(tmp_path, **inputs)
    assert done.code == 2, done.log
    assert said in done.log
    assert "Traceback" not in done.log
    assert done.outputs == {
        "passed": "false",
        "complete": "false",
        "worst-severity": "",
        "json": "",
        "sarif": "",
    }
    assert not (tmp_path / "owned").exists()
