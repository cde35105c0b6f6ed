"""The Dockerfile: linted, and built by docker if a daemon is running.

Otherwise, as root, its steps are run over this machine's file system in place of the base image (an
overlay in memory, which ends with its namespace). That tests all but the base, and prints NOT BUILT.
"""

from __future__ import annotations

import fnmatch
import os
import re
import shlex
import shutil
import subprocess
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.support.tools import tool

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "Dockerfile").read_text("utf-8")
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
CHECK = ("check", "--offline", "--config", "mailproof.toml", "-f", "concise")


class Instruction(NamedTuple):
    """One instruction: its name and the rest of its line."""

    name: str
    rest: str


def instructions() -> Iterator[Instruction]:
    text = re.sub(r"^#.*\n", "", TEXT, flags=re.MULTILINE).replace("\\\n", "")
    for line in filter(None, text.splitlines()):
        name, _, rest = line.partition(" ")
        yield Instruction(name, rest.strip())


def test_hadolint_has_nothing_to_say() -> None:
    command = [tool("hadolint"), "--no-color", "--failure-threshold", "style", "Dockerfile"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, ""), done.stderr


def test_the_base_is_pinned_and_the_user_has_no_rights() -> None:
    found = list(instructions())
    bases = [each.rest for each in found if each.name == "FROM"]
    assert len({re.fullmatch(r"\S+@(sha256:[0-9a-f]{64})( AS \w+)?", each)[1] for each in bases}) == 1  # type: ignore[index]
    last = [each for each in found if each.name == "USER"][-1]
    assert re.fullmatch(r"[1-9]\d*:[1-9]\d*", last.rest)
    assert "ADD" not in {each.name for each in found}
    for each in found:
        if each.name == "RUN" and "requirements/" in each.rest:
            assert each.rest.count("-r requirements/") == each.rest.count("--require-hashes")


def test_what_is_copied_is_not_ignored() -> None:
    rules = (ROOT / ".dockerignore").read_text("utf-8").split()
    assert rules[0] == "*"
    for each in instructions():
        if each.name == "COPY" and not each.rest.startswith("--from"):
            for name in each.rest.split()[:-1]:
                assert (ROOT / name).exists(), name
                assert any(fnmatch.fnmatch(name, rule[1:]) for rule in rules if rule[0] == "!"), name


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    tmp_path.chmod(0o755)
    (tmp_path / "acme.zone").write_text(ZONE)
    (tmp_path / "mailproof.toml").write_text('zones = ["acme.zone"]\n[[domains]]\nname = "acme.example"\n')
    return tmp_path


def test_it_checks_a_repository_read_only_without_a_network_or_rights(repository: Path) -> None:
    if docker_runs():
        run_by_docker(repository)
        return
    warnings.warn("Dockerfile NOT BUILT by docker (no daemon): its steps are followed here", stacklevel=1)
    if not (os.environ.get("CI") or os.environ.get("MAILPROOF_LAB") == "1"):
        pytest.skip("Dockerfile NOT BUILT: no docker daemon; MAILPROOF_LAB=1 follows its steps, as root")
    if os.geteuid() != 0 or not overlays_work():
        pytest.skip("Dockerfile NOT BUILT: no docker daemon, and overlays need root and namespaces")
    done = subprocess.run(
        ["unshare", "--mount", "bash", "-eu", "-c", followed(repository)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    seen(done)
    assert "the root is read-only" in done.stdout
    assert "uid 65532" in done.stdout


def seen(done: subprocess.CompletedProcess[str]) -> None:
    assert done.returncode == 1, done.stdout + done.stderr
    assert re.search(r"^acme\.zone:7:\d+: SPF006 error", done.stdout, re.MULTILINE), done.stdout + done.stderr


def docker_runs() -> bool:
    docker = shutil.which("docker")
    return docker is not None and subprocess.run([docker, "info"], capture_output=True).returncode == 0


def run_by_docker(repository: Path) -> None:
    built = subprocess.run(["docker", "build", "-q", str(ROOT)], capture_output=True, text=True, check=False)
    if built.returncode:
        pytest.skip(f"Dockerfile NOT BUILT: {built.stderr[-300:]}")
    image = built.stdout.strip()
    options = (
        "--rm",
        "--read-only",
        "--network",
        "none",
        "--cap-drop",
        "ALL",
        "-v",
        f"{repository}:/work:ro",
    )
    seen(
        subprocess.run(
            ["docker", "run", *options, image, *CHECK], capture_output=True, text=True, check=False
        )
    )


def overlays_work() -> bool:
    script = """d=$(mktemp -d); mount -t tmpfs t "$d"; trap 'umount --lazy "$d"; rmdir "$d"' EXIT
mkdir "$d/u" "$d/w" "$d/m"
mount -t overlay o -o "lowerdir=/,upperdir=$d/u,workdir=$d/w" "$d/m" """
    return (
        subprocess.run(["unshare", "--mount", "bash", "-eu", "-c", script], capture_output=True).returncode
        == 0
    )


def followed(repository: Path) -> str:
    """The instructions as a script: each stage an overlay over this machine, with this Python in its path."""
    path = f"{sys.base_prefix}/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
    passed = " ".join(
        f"{name}={shlex.quote(value)}"
        for name, value in os.environ.items()
        if name.lower().endswith("_proxy") or name.startswith(("PIP_", "SSL_", "REQUESTS_"))
    )
    passed += " PIP_NO_COMPILE=1"  # the image contains compiled modules; here that would only take time
    lines = [
        "base=$(mktemp -d)",
        'mount -t tmpfs -o mode=755 t "$base"',
        'trap \'umount --lazy "$base"; rmdir "$base"\' EXIT',
    ]
    stage, folder, variables, user = "", "/", "", ""
    for name, rest in instructions():
        if name == "FROM":
            stage, folder, variables = rest.partition(" AS ")[2] or "final", "/", f"PATH={path}"
            lines += [
                f'm="$base/{stage}/m"; mkdir -p "$base/{stage}/u" "$base/{stage}/w" "$m"',
                f'mount -t overlay o -o "lowerdir=/,upperdir=$base/{stage}/u,workdir=$base/{stage}/w" "$m"',
                'mount -t proc p "$m/proc"; mount --rbind /dev "$m/dev"; chmod 755 "$m/root"',
            ]
        elif name == "ENV":
            variables += f" {rest.replace('$PATH', path)}"
        elif name == "WORKDIR":
            folder = rest
            lines += [f'mkdir -p "$m{folder}"']
        elif name == "COPY" and rest.startswith("--from="):
            source, start, end = rest.removeprefix("--from=").split()
            lines += [f'mkdir -p "$(dirname "$m{end}")"; cp -a "$base/{source}/m{start}" "$m{end}"']
        elif name == "COPY":
            *names, end = rest.split()
            target = f'"$m{folder}/{end}"'
            lines += [f"mkdir -p {target}" if end.endswith("/") else ":", f"cp -a {' '.join(names)} {target}"]
        elif name == "RUN":
            command = shlex.quote(f"cd {folder} && {rest}")
            lines += [f'chroot "$m" env -i HOME=/tmp {passed} {variables} sh -c {command}']
        elif name == "USER":
            user = rest
        else:
            assert name in ("ENTRYPOINT", "CMD"), name
    uid, gid = user.split(":")
    drop = f"setpriv --reuid {uid} --regid {gid} --clear-groups --no-new-privs --bounding-set=-all"
    inside = (
        f"cd {folder}; echo uid $(id -u)\n"
        "touch /opt/x 2>&1 | grep -q Read-only && echo the root is read-only\n"
        f"exec mailproof {shlex.join(CHECK)}"
    )
    lines += [
        f'mount --bind {shlex.quote(str(repository))} "$m{folder}"; mount -o remount,bind,ro "$m{folder}"',
        'mount -o remount,ro "$m"',
        f'unshare --net chroot "$m" env -i {variables} {drop} sh -c {shlex.quote(inside)}',
    ]
    return "\n".join(lines)
