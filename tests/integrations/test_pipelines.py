"""The GitLab job and the recipes of docs/ci.md: valid against each system's schema, and run here."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import junitparser
import pytest
import yaml

from tests.support.tools import tool

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "ci.md").read_text("utf-8")
SCHEMAS = {
    "GitHub": "vendor.github-workflows",
    "GitLab": "vendor.gitlab-ci",
    "Azure Pipelines": "vendor.azure-pipelines",
    "Bitbucket Pipelines": "vendor.bitbucket-pipelines",
    "Woodpecker": "vendor.woodpecker-ci",
}
ZONE = """$ORIGIN acme.example.
@ 3600 SOA ns1 hostmaster 1 7200 3600 1209600 3600
@ 3600 NS ns1
ns1 3600 A 192.0.2.53
@ 3600 MX 10 mx1
mx1 3600 A 192.0.2.26
@ 3600 TXT "v=spf1 ip4:192.0.2.26 +all"
_dmarc 3600 TXT "v=DMARC1; p=reject; rua=mailto:d@acme.example"
s1._domainkey 3600 TXT "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="
"""


def recipe(title: str) -> str:
    """The YAML block in the section with that title."""
    section = re.split(r"^## ", PAGE, flags=re.MULTILINE)
    (found,) = (each for each in section if each.startswith(f"{title}\n"))
    return found.partition("```yaml\n")[2].partition("```")[0]


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "dns").mkdir()
    (tmp_path / "dns" / "acme.zone").write_text(ZONE)
    (tmp_path / "mailproof.toml").write_text('zones = ["dns"]\n[[domains]]\nname = "acme.example"\n')
    return tmp_path


def test_every_recipe_is_valid(tmp_path: Path) -> None:
    for title, schema in SCHEMAS.items():
        file = tmp_path / f"{schema}.yml"
        file.write_text(recipe(title))
        files = [str(file), str(ROOT / "ci" / "gitlab.yml")] if "gitlab" in schema else [str(file)]
        done = subprocess.run(
            [tool("check-jsonschema"), "--builtin-schema", schema, *files],
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{title}: {done.stdout}{done.stderr}"
    workflow = subprocess.run(
        [tool("zizmor"), "--offline", "--no-progress", "--min-severity", "medium", "-"],
        input=re.sub(r"@v\d+\b.*", f"@{'0' * 40}", recipe("GitHub")),
        capture_output=True,
        text=True,
        check=False,
    )
    assert workflow.returncode == 0, workflow.stdout + workflow.stderr


def test_the_hook_of_the_page_is_one_that_there_is() -> None:
    hooks = {each["id"] for each in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))}
    used = {each["id"] for repo in yaml.safe_load(recipe("pre-commit"))["repos"] for each in repo["hooks"]}
    assert used <= hooks
    assert all(f"`{each}`" in PAGE for each in hooks)


@pytest.mark.parametrize("command", ["check --offline", "audit --zone dns/ --offline"])
def test_the_job_for_gitlab_leaves_its_reports_also_where_it_fails(command: str, repository: Path) -> None:
    job = yaml.safe_load((ROOT / "ci" / "gitlab.yml").read_text("utf-8"))["mailproof"]
    here = f"{sys.executable} -m mailproof"
    script = "\n".join(job["script"]).replace("/tmp/mailproof/bin/mailproof", here)
    assert here in script
    done = subprocess.run(
        ["bash", "-e", "-c", script],
        env={"PATH": os.environ["PATH"], "CI": "true", "MAILPROOF_COMMAND": command},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1, done.stdout + done.stderr
    reports = job["artifacts"]["reports"]
    issues = json.loads((repository / reports["codequality"]).read_text("utf-8"))
    assert ("SPF006", "dns/acme.zone", 7) in {
        (each["check_name"], each["location"]["path"], each["location"]["lines"]["begin"]) for each in issues
    }
    xml = junitparser.JUnitXml.fromfile(str(repository / reports["junit"]))
    assert xml.failures == 1
    assert job["artifacts"]["when"] == "always"
    assert set(reports.values()) <= set(job["artifacts"]["paths"])


def test_commands_of_the_recipes_run(repository: Path) -> None:
    commands = re.findall(
        r"^ *(?:- |- script: |sh '|)(?:\.mailproof/bin/)?(mailproof check[^'\n]*)", PAGE, re.M
    )
    assert len(set(commands)) >= 4
    shutil.rmtree(repository / "dns" / "none", ignore_errors=True)
    (repository / "test-results").mkdir()
    for command in sorted(set(commands)):
        words = command.partition(" #")[0].split()
        done = subprocess.run(
            [sys.executable, "-m", *words],
            env={"PATH": os.environ["PATH"], "CI": "true"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 1, command + done.stdout + done.stderr
