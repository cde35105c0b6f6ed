"""``./run advisories``: is there a known advisory against anything that requirements/ pins?

pip-audit asks the advisory database of PyPI. Exit code 1 where there is one. Where the database cannot be
reached, or does not know the packages (a mirror without it), nothing is known: that is said, by the words NOT
CHECKED, and is no failure.
"""

from __future__ import annotations

import json
import os
import ssl
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Sequence
from typing import Any

from supply.lock import FOLDER

LOCKS = ("dev", "build", "release", "docs", "tools", "uv")  # what runtime.txt pins is in dev.txt
DATABASE = "https://pypi.org/pypi/pip/json"
PATIENCE_S = 20
#: Where systems keep the authorities that they trust, in one file.
BUNDLES = ("/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem")
STEP_S = 600


def main(command: Sequence[str] = (), database: str = DATABASE, patience: float = STEP_S) -> int:
    """Ask for all locks. ``command`` is run in place of pip-audit, for tests."""
    files = [part for name in LOCKS for part in ("-r", str(FOLDER / f"{name}.txt"))]
    audit = command or (sys.executable, "-m", "pip_audit", "--disable-pip", "--require-hashes")
    options = ("--format", "json", "--progress-spinner", "off")
    try:
        done = subprocess.run(
            [*audit, *files, *options],
            capture_output=True,
            encoding="utf-8",
            timeout=patience,
            check=False,
            env=with_our_authorities(),
        )
        answer, said = json.loads(done.stdout), done.stderr
    except subprocess.TimeoutExpired:
        print(f"advisories: NOT CHECKED: no answer from the database in {patience:g} s")
        return 0
    except ValueError:
        return without_answer(done.stderr, database)
    code, lines = judge(answer)
    print("\n".join(f"advisories: {line}" for line in lines))
    if done.returncode and not code:  # it failed, and not for an advisory that it tells
        sys.stderr.write(said)
        return 1
    return code


def with_our_authorities() -> dict[str, str]:
    """Makes pip-audit trust what this Python trusts: a mirror may use a certificate of a company CA."""
    paths = ssl.get_default_verify_paths()
    bundle = next((file for file in (paths.cafile, *BUNDLES) if file and os.path.exists(file)), "")
    return {"REQUESTS_CA_BUNDLE": bundle, **os.environ} if bundle else dict(os.environ)


def without_answer(said: str, database: str) -> int:
    """pip-audit has written no report. With the database in reach, that is its fault, and ours to repair."""
    last = said.strip().rpartition("\n")[2][:300]
    if reached(database):
        sys.stderr.write(said)
        print(f"advisories: pip-audit failed, though {database} answers: {last}")
        return 1
    print(f"advisories: NOT CHECKED: the database cannot be reached ({database})")
    return 0


def reached(database: str) -> bool:
    """Does it answer?"""
    try:
        with urllib.request.urlopen(database, timeout=PATIENCE_S) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def judge(answer: dict[str, Any]) -> tuple[int, tuple[str, ...]]:
    """Exit code and lines for what pip-audit found."""
    packages = {each["name"]: each for each in answer["dependencies"]}
    unknown = sorted(name for name, each in packages.items() if "skip_reason" in each)
    lines = [
        f"{name} {each['version']}: {known['id']}, fixed in {', '.join(known['fix_versions']) or 'none'}"
        for name, each in sorted(packages.items())
        for known in each.get("vulns", ())
    ]
    code = 1 if lines else 0
    checked = len(packages) - len(unknown)
    summary = f"{checked} of {len(packages)} packages checked, known advisories: {len(lines)}"
    if unknown:
        reason = packages[unknown[0]]["skip_reason"]
        count = f"{len(unknown)} package{'s' if len(unknown) > 1 else ''}"
        return code, (*lines, summary, f"NOT CHECKED: {count}, beginning with {unknown[0]} ({reason})")
    return code, (*lines, summary)


if __name__ == "__main__":
    sys.exit(main())
