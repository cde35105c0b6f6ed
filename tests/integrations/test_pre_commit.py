"""The hooks of .pre-commit-hooks.yaml, installed and run by pre-commit itself in another repository.

Dependencies come from this test's environment, not from PyPI (`./run matrix` installs them from there).
"""

from __future__ import annotations

import os
import re
import subprocess
import sysconfig
from pathlib import Path

import yaml

from tests.support.tools import tool

ROOT = Path(__file__).resolve().parents[2]
ZONE = """$ORIGIN acme.example.
@ 3600 SOA ns1 hostmaster 1 7200 3600 1209600 3600
@ 3600 NS ns1
ns1 3600 A 192.0.2.53
@ 3600 MX 10 mx1
mx1 3600 A 192.0.2.26
@ 3600 TXT "v=spf1 ip4:192.0.2.26 -all"
_dmarc 3600 TXT "v=DMARC1; p=reject; rua=mailto:d@acme.example"
s1._domainkey 3600 TXT "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="
"""


def run(folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    # For pip, "false" turns build isolation off; it must not fetch anything.
    offline = {
        "PIP_NO_BUILD_ISOLATION": "false",
        "PIP_NO_DEPS": "1",
        "PIP_NO_INDEX": "1",
        "PIP_NO_COMPILE": "1",
    }
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith(("PRE_COMMIT", "GIT_"))},
        **offline,
        "PYTHONPATH": sysconfig.get_path("purelib"),
        "VIRTUALENV_NO_DOWNLOAD": "1",
        "PRE_COMMIT_HOME": str(folder.parent / "pre-commit"),
    }
    return subprocess.run(
        command,
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )


def test_the_manifest_is_valid() -> None:
    done = run(ROOT, tool("pre-commit"), "validate-manifest", ".pre-commit-hooks.yaml")
    assert done.returncode == 0, done.stdout


def test_hooks_run_in_another_repository_and_fail_where_mail_would_break(tmp_path: Path) -> None:
    folder = tmp_path / "repository"
    (folder / "dns").mkdir(parents=True)
    (folder / "mailproof.toml").write_text('zones = ["dns"]\n[[domains]]\nname = "acme.example"\n')
    zone = folder / "dns" / "acme.zone"
    zone.write_text(ZONE.replace("-all", "+all"))
    run(folder, "git", "init", "-q")
    run(folder, "git", "add", "-A")
    done = run(folder, tool("pre-commit"), "try-repo", str(ROOT), "mailproof-check")
    assert done.returncode == 1, done.stdout
    assert "dns/acme.zone:7 acme.example TXT" in done.stdout, done.stdout
    assert "exit code: 1" in done.stdout


def test_the_hooks_look_at_files_with_dns() -> None:
    for hook in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8")):
        assert "--offline" in hook["entry"]
        looked = re.compile(hook["files"])
        for name in (
            "mailproof.toml",
            "dns/acme",
            "zones/acme.txt",
            "a/b.zone",
            "db/acme.db",
            "x.yaml",
            "plan.json",
        ):
            assert looked.search(name), name
        for name in ("README.md", "src/main.py", "notmailproof.toml"):
            assert not looked.search(name), name
