"""Every input format, malformed: one line on stderr with file and position, no secret, exit code 2."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import get_args

import pytest

from mailproof.cli.options import InputFormat
from mailproof.dns.inputs.forms import json_forms
from tests.support.cli import Run, mailproof

INPUTS = Path(__file__).parents[2] / "fixtures" / "inputs"
PULUMI = {
    "version": 3,
    "deployment": {
        "resources": [
            {
                "urn": "urn:pulumi:dev::mail::aws:route53/record:Record::spf",
                "type": "aws:route53/record:Record",
                "inputs": {"name": "acme.example.", "type": "TXT", "records": ["v=spf1 -all"]},
            }
        ]
    },
}
ZONE = '$ORIGIN acme.example.\n@ 60 SOA ns1 h 1 2 3 4 5\n@ 60 TXT "v=spf1 -all"\n'
FILES = {
    "zone": "acme.zone",
    "octodns": "acme.example.yaml",
    "tf": "main.tf",
    "terraform": "plan.json",
}
FORMS = get_args(InputFormat)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def sample(form: str) -> Path:
    """A valid file of the format, in this folder."""
    file = Path(FILES.get(form, f"{form}.json"))
    if form == "zone":
        file.write_text(ZONE)
    elif form == "pulumi":
        file.write_text(json.dumps(PULUMI, indent=1))
    else:
        name = {"terraform": "terraform-plan.json", "octodns": "octodns/acme.example.yaml"}.get(
            form, file.name
        )
        shutil.copy(INPUTS / name, file)
    return file


def audit(file: Path, *more: str) -> Run:
    return mailproof("audit", "--zone", str(file), "--offline", "--select", "SPF001", *more)


def one_line(run: Run, beginning: str) -> str:
    assert (run.code, run.out) == (2, "")
    assert run.err.startswith(f"mailproof: {beginning}"), run.err
    assert run.err.count("\n") == 1
    return run.err


def test_the_option_has_all_forms() -> None:
    assert set(FORMS) == {"zone", "octodns", "tf", *(each.name for each in json_forms())}


@pytest.mark.parametrize("form", FORMS)
def test_a_good_file_is_recognized_and_may_be_named(form: str) -> None:
    file = sample(form)
    for run in (audit(file), audit(file, "--input-format", form)):
        assert run.code in (0, 1, 3), run.err


@pytest.mark.parametrize("form", FORMS)
def test_200_mb(form: str) -> None:
    file = sample(form)
    os.truncate(file, 200_000_000)
    one_line(audit(file), f"{file}: larger than the limit of 33554432 octets")
    one_line(audit(file, "--input-format", form), f"{file}: larger than the limit of 33554432 octets")


@pytest.mark.parametrize("form", FORMS)
def test_cut_off(form: str) -> None:
    file = sample(form)
    text = file.read_text()
    if form == "zone":
        cut = text.rindex("-all")
    elif form == "octodns":  # within a name, which is then not a key
        cut = text.index("_dmarc") + 5
    else:  # after an unclosed quote
        cut = text.rindex('"', 0, len(text) * 2 // 3) + 1
    file.write_text(text[:cut])
    line = one_line(audit(file, "--input-format", form), f"{file}:")
    assert line.split(":")[2].isdigit(), "with a line"


@pytest.mark.parametrize("form", FORMS)
def test_another_form_than_said(form: str) -> None:
    (file := Path("acme.example.yaml")).write_text("\x00{not: [any of them\n")
    one_line(audit(file, "--input-format", form), f"{file}")


def test_json_of_no_form() -> None:
    (file := Path("x.json")).write_text('{"password": "hunter2"}')
    line = one_line(audit(file), "x.json:1:1: JSON of a form that is not known. Known are: ")
    assert "hunter2" not in line


@pytest.mark.parametrize(
    ("form", "key", "words"),
    [
        ("terraform", "format_version", "format_version '9.9': only 1.x is read"),
        ("pulumi", "version", "version '9.9' of a stack: only 3 and 4 are read"),
    ],
)
def test_another_version(form: str, key: str, words: str) -> None:
    file = sample(form)
    document = json.loads(file.read_text())
    file.write_text(json.dumps(document | {key: "9.9"}, indent=1))
    line = one_line(audit(file), f"{file}:")
    assert words in line


@pytest.mark.parametrize("place", ["records", "name"])
def test_a_secret_of_a_stack_is_never_shown(place: str) -> None:
    secret = {
        "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
        "plaintext": '"hunter2"',
    }
    document = json.loads(json.dumps(PULUMI))
    document["deployment"]["resources"][0]["inputs"][place] = secret
    (file := Path("stack.json")).write_text(json.dumps(document))
    run = mailproof("audit", "acme.example", "--zone", str(file), "--offline", "-v", "-f", "json")
    assert "hunter2" not in run.out + run.err
    assert run.out
    assert "Traceback" not in run.err


def test_a_secret_of_a_source_is_never_shown() -> None:
    file = sample("tf")
    file.write_text(file.read_text() + 'resource "random_x" "y" {\n  password = "hunter2"\n  z = "open\n}\n')
    line = one_line(audit(file), f"{file}:")
    assert "hunter2" not in line
