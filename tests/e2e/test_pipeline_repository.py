"""A DNS repository in each format that teams use, checked offline before deployment.

A change that would break mail fails with an annotation on its line; once corrected, it passes.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.support.cli import mailproof

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="needs git")
KEY = "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="
SPF, BROKEN = "v=spf1 ip4:192.0.2.26 -all", "v=spf1 ip4:192.0.2.26 include:_spf.acme.example +all"
CONFIG = """zones = ["FILE"]
offline = true

[[domains]]
name = "acme.example"
profile = "sending"

[domains.expect]
spf.senders = ["192.0.2.26"]
dmarc.policy = "reject"
dkim.selectors = ["s1"]
mx = ["mx1.acme.example"]
"""


def zone_file(spf: str) -> str:
    return f"""$ORIGIN acme.example.
@ 3600 SOA ns1 hostmaster 1 7200 3600 1209600 3600
@ 3600 NS ns1
@ 3600 NS ns2
ns1 3600 A 192.0.2.53
ns2 3600 A 198.51.100.53
@ 3600 MX 10 mx1
mx1 3600 A 192.0.2.26
@ 3600 TXT "{spf}"
_dmarc 3600 TXT "v=DMARC1; p=reject; rua=mailto:d@acme.example"
s1._domainkey 3600 TXT "{KEY}"
"""


def octodns_tree(spf: str) -> str:
    key = KEY.replace(";", "\\;")
    return f"""---
? ''
: - type: MX
    value:
      exchange: mx1.acme.example.
      preference: 10
  - type: TXT
    value: {spf}
_dmarc:
  type: TXT
  value: v=DMARC1\\; p=reject\\; rua=mailto:d@acme.example
mx1:
  type: A
  value: 192.0.2.26
s1._domainkey:
  type: TXT
  value: {key}
"""


def terraform_plan(spf: str) -> str:
    records = (
        ("acme.example", "MX", "10 mx1.acme.example."),
        ("mx1.acme.example", "A", "192.0.2.26"),
        ("acme.example", "TXT", spf),
        ("_dmarc.acme.example", "TXT", "v=DMARC1; p=reject; rua=mailto:d@acme.example"),
        ("s1._domainkey.acme.example", "TXT", KEY),
    )
    zone = {"address": "aws_route53_zone.z", "mode": "managed", "type": "aws_route53_zone", "name": "z"}
    held = {"name": "acme.example", "zone_id": "Z1"}
    resources: list[dict[str, Any]] = [zone | {"values": held}]
    changes: list[dict[str, Any]] = [
        zone | {"change": {"actions": ["no-op"], "before": held, "after": held, "after_unknown": {}}}
    ]
    for number, (name, kind, value) in enumerate(records):
        values = {"name": name, "type": kind, "ttl": 3600, "records": [value], "zone_id": "Z1"}
        resource = {
            "address": f"aws_route53_record.r{number}",
            "mode": "managed",
            "type": "aws_route53_record",
            "name": f"r{number}",
            "values": values,
        }
        resources.append(resource)
        change = {"actions": ["create"], "before": None, "after": values, "after_unknown": {}}
        changes.append(
            {key: resource[key] for key in ("address", "mode", "type", "name")} | {"change": change}
        )
    plan = {
        "format_version": "1.2",
        "terraform_version": "1.9.8",
        "planned_values": {"root_module": {"resources": resources}},
        "resource_changes": changes,
    }
    return json.dumps(plan, indent=1)


class Form(NamedTuple):
    """A DNS format in a repository: the file, its contents for a given SPF record, that record's line."""

    file: str
    text: Callable[[str], str]
    line: str


FORMS = {
    "zone": Form("dns/acme.example.zone", zone_file, f'@ 3600 TXT "{BROKEN}"'),
    "octodns": Form("dns/acme.example.yaml", octodns_tree, "    value: v=spf1"),  # where the record begins
    "terraform": Form("dns/plan.json", terraform_plan, BROKEN),
}


def commit(file: str, text: str) -> None:
    Path(file).parent.mkdir(exist_ok=True)
    Path(file).write_text(text, "utf-8")
    who = ("-c", "user.name=Ada", "-c", "user.email=ada@acme.example")
    subprocess.run(["git", "add", "-A"], check=True)
    subprocess.run(["git", *who, "commit", "-q", "--no-gpg-sign", "-m", "DNS"], check=True)


@pytest.fixture(autouse=True)
def _repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("CI", "GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY"):
        monkeypatch.delenv(name, raising=False)
    subprocess.run(["git", "init", "-q"], check=True)


@pytest.mark.parametrize("name", FORMS)
def test_a_change_that_breaks_mail_fails_on_its_line_and_passes_when_put_right(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if name == "octodns":
        pytest.importorskip("octodns")
    form = FORMS[name]

    def no_network(*args: object, **more: object) -> None:
        raise AssertionError("a network is used")

    monkeypatch.setattr("socket.socket.connect", no_network)
    monkeypatch.setattr("socket.socket.sendto", no_network)
    Path("mailproof.toml").write_text(CONFIG.replace("FILE", form.file))
    commit(form.file, form.text(SPF))
    run = mailproof("check", "--offline", "-f", "github")
    assert (run.code, run.err) == (0, ""), run.out
    assert "::error" not in run.out

    commit(form.file, form.text(BROKEN))
    run = mailproof("check", "--offline", "-f", "github")
    assert run.code == 1, run.out
    lines = Path(form.file).read_text("utf-8").splitlines()
    errors = re.findall(r"^::error file=([^,]+),line=(\d+)", run.out, re.MULTILINE)
    assert errors
    for file, line in errors:
        assert file == form.file
        assert form.line in lines[int(line) - 1], (line, lines[int(line) - 1])
    assert "SPF006" in run.out  # +all
    assert "EXP001" in run.out  # who may send is not as expected

    commit(form.file, form.text(SPF))
    assert mailproof("check", "--offline", "-f", "github").code == 0
