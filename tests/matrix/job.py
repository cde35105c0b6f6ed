"""One run, in a separate process that can be killed as a whole: ``python -m tests.matrix.job KIND …``.

Standard output has one line per step, standard error the log. Exit code 0: passed, 1: failed, 77: unavailable
(a line says why). A Debian is installed in memory, in a file system mounted in this process's own
namespace (``unshare``): when the process ends, so do the tree, its mounts and its processes.
"""

from __future__ import annotations

import contextlib
import os
import re
import resource
import shutil
import subprocess
import sys
import time
import tomllib
from collections.abc import Mapping
from pathlib import Path

from tests.matrix.targets import FAST, RESOLUTION, ROOT, ROW, mirror

SKIPPED = 77
STEP_S = 1800
#: The first line of a successful demo; nothing may precede it on standard output.
DEMO_BEGINS = "✓ The probe from acme.example came back as expected"
#: debootstrap takes 2.4 times its processor time. An index of sid expires in a week: mirrors may be behind.
BOOTSTRAP = (
    "mmdebstrap",
    "--variant=minbase",
    "--include=python3,ca-certificates",
    "--aptopt=Acquire::Check-Valid-Until false",
)
PIN = re.compile(r"^([A-Za-z0-9._-]+)==(\S+)", re.MULTILINE)
USER = "user"
#: In a clone: the names of the tests that run.
FEW = "few-tests.txt"
#: Set-up as an unprivileged user is the same on these as on the oldest and the newest release.
BETWEEN = ("testing", "trixie")
#: The steps shown in the result; the others are only in the log.
SAID = ("mmdebstrap", "demo", "tests")
SIZE = "4g"


class Failed(Exception):
    """A step failed; the message says which."""


class CannotBeHad(Exception):
    """The platform is unavailable; the message says why."""


def main(arguments: list[str]) -> int:
    """Run the job that ``__main__`` asks for: kind, name, interpreter, folder, scope, and a list of tests.

    The scope is demo, tests or full. The list is a file, or "" for all fast tests.
    """
    kind, name, python, folder, scope, few = arguments
    clone = Path(folder, "clone")
    try:
        step("clone", ["git", "clone", "--quiet", str(ROOT), str(clone)])
        if few:
            shutil.copy(few, clone / FEW)
        if kind == "interpreter":
            with_interpreter(python, clone, scope)
        elif kind == "debian":
            with_debian(name, clone, Path(folder, "tree"), scope)
        else:
            with_dependencies(name, python, clone)
    except Failed as failed:
        say(f"FAILED: {failed}")
        return 1
    except CannotBeHad as reason:
        say(f"{reason}")
        return SKIPPED
    finally:
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        say(f"{used.ru_utime + used.ru_stime:.0f} s of processor time")
    return 0


def say(line: str) -> None:
    """Print a line of the result."""
    print(line, flush=True)


def step(
    name: str, command: list[str], *, cwd: Path | None = None, environment: Mapping[str, str] | None = None
) -> str:
    """Run a command and return its standard output. Raises Failed."""
    begun = time.monotonic()
    sys.stderr.write(f"\n$ {' '.join(command)}\n")
    sys.stderr.flush()
    try:
        done = subprocess.run(
            command,
            cwd=cwd,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            encoding="utf-8",
            errors="replace",
            timeout=STEP_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise Failed(f"{name}: not done in {STEP_S} s") from None
    sys.stderr.write(done.stdout)
    last = done.stdout.strip().rpartition("\n")[2].strip("= ")
    counts = last.partition(" in ")[0] if " passed" in last or " failed" in last else ""
    if done.returncode:
        raise Failed(f"{name}: {counts or 'failed'}, exit code {done.returncode}")
    sys.stderr.write(f"{name}: {time.monotonic() - begun:.0f} s\n")
    if name.startswith(SAID):
        say(f"{name} {counts or 'ok'} ({time.monotonic() - begun:.0f} s)")
    return done.stdout


def demo(name: str, command: list[str], *, cwd: Path | None = None) -> None:
    """Run the demo: it must pass, and set-up must not write to standard output."""
    shown = step(name, command, cwd=cwd)
    if not shown.startswith(DEMO_BEGINS):
        raise Failed(f"{name}: standard output begins with {shown[:60]!r}, not with the demo's report")


def with_interpreter(python: str, clone: Path, scope: str) -> None:
    """Set up a fresh clone with that interpreter and run it."""
    say(f"Python {full_version([python])}")
    demo("demo", [python, "run", "demo"], cwd=clone)
    if scope != "demo":
        step("tests", [python, "run", "test", *row(clone)], cwd=clone)


def row(clone: Path) -> tuple[str, ...]:
    """The arguments for pytest: the listed fast tests, or all of them."""
    if not (clone / FEW).exists():
        return (*ROW, *FAST)
    tests = (clone / FEW).read_text("utf-8").splitlines()
    return (*ROW, "--named-in", FEW, *sorted({test.partition("::")[0] for test in tests}))


def with_dependencies(end: str, python: str, clone: Path) -> None:
    """Run the fast tests with the oldest dependencies that pyproject.toml allows, or with the newest."""
    say(f"Python {full_version([python])}")
    own = str(clone / ".venv" / "bin" / "python")
    step("environment", ["uv", "venv", "--quiet", "--python", python, str(clone / ".venv")])
    where = ["--python", own]
    extras = tomllib.loads((clone / "pyproject.toml").read_text("utf-8"))["project"]["optional-dependencies"]
    what = ["--group", "dev", "--editable", f".[{','.join(extras)}]", "--resolution", RESOLUTION[end]]
    step("dependencies", ["uv", "pip", "install", "--quiet", *where, *what], cwd=clone)
    if end == "newest":
        differing = difference(clone, step("versions", ["uv", "pip", "freeze", *where]))
        say(f"other than the lock: {', '.join(differing) or 'nothing'}")
    # As ./run does: the tests start the command some hundred times, and would compile it each time.
    step("byte code", [own, "-m", "compileall", "-q", "src"], cwd=clone)
    step("tests", [own, "-m", "pytest", *row(clone)], cwd=clone)


def difference(clone: Path, installed: str) -> tuple[str, ...]:
    """Packages installed (``uv pip freeze``) in a version that differs from the lock's."""
    locked = pins((clone / "requirements" / "dev.txt").read_text("utf-8"))
    return tuple(
        f"{name} {version} (lock: {locked[name]})"
        for name, version in pins(installed).items()
        if name in locked and locked[name] != version
    )


def pins(text: str) -> dict[str, str]:
    return {re.sub(r"[-_.]+", "-", name).lower(): version for name, version in PIN.findall(text)}


def with_debian(suite: str, clone: Path, place: Path, scope: str) -> None:
    """A Debian with only Python: ``./run demo`` as root and as an unprivileged user, and the tests.

    The tests run as the user; with the scope "full", as root too. Demos are set up by pip, tests by uv.
    """
    make_debian(suite, place)
    say(f"Python {full_version(['chroot', str(place), 'python3'])}")
    homes = {"root": place / "root", USER: place / "home" / USER}
    step("a plain user", [*inside(place, "root"), "useradd", "--create-home", USER])
    for name, home in homes.items():
        shutil.copytree(clone, home / "mailproof", symlinks=True)
        step(f"clone of {name}", [*inside(place, "root"), "chown", "-R", name, f"/{home.relative_to(place)}"])
    told_what_is_missing(place)
    for name in ("root",) if scope == "demo" and suite in BETWEEN else homes:
        demo(f"demo as {name}", [*inside(place, name), "./run", "demo"])
    if uv := shutil.which("uv"):
        shutil.copy(uv, place / "usr" / "local" / "bin")
    for name in {"demo": (), "tests": (USER,), "full": tuple(homes)}[scope]:
        step(f"tests as {name}", [*inside(place, name), "./run", "test", *row(clone)])


def told_what_is_missing(place: Path) -> None:
    """If Python has neither venv nor pip, check that set-up says what is missing and who can install it."""
    done = subprocess.run(
        [*inside(place, USER), "./run", "demo"], capture_output=True, encoding="utf-8", check=False
    )
    if done.returncode != 2 or done.stdout or "apt-get install python3-venv" not in done.stderr:
        sys.stderr.write(done.stdout + done.stderr)
        raise Failed(f"{USER} on a bare system: exit code {done.returncode}, and not told what to install")


def make_debian(suite: str, place: Path) -> None:
    """Install Debian in ``place``, with this machine's name servers and certificate authorities."""
    place.mkdir()
    step("memory", ["mount", "-t", "tmpfs", "-o", f"size={SIZE},mode=755", "matrix", str(place)])
    source = mirror()
    command = [*BOOTSTRAP, suite, str(place), source]
    try:
        step("mmdebstrap", command, environment={**os.environ, "DEBIAN_FRONTEND": "noninteractive"})
    except Failed:
        raise CannotBeHad(f"mmdebstrap of {suite} from {source} failed; the log says why") from None
    step("proc", ["mount", "-t", "proc", "proc", str(place / "proc")])
    pseudo_terminals(place / "dev")
    shutil.copyfile("/etc/resolv.conf", place / "etc" / "resolv.conf")
    (place / "etc" / "hosts").write_text("127.0.0.1 localhost\n::1 localhost\n")
    ours = Path("/usr/local/share/ca-certificates")
    if ours.is_dir():
        shutil.copytree(ours, place / ours.relative_to("/"), dirs_exist_ok=True)
        step("certificates", [*inside(place, "root"), "update-ca-certificates"])


def pseudo_terminals(devices: Path) -> None:
    """Make pseudo-terminals usable by users: a bootstrap leaves a ptmx without its file system."""
    (devices / "pts").mkdir(exist_ok=True)
    options = "newinstance,ptmxmode=0666,mode=620,gid=5"
    step("terminals", ["mount", "-t", "devpts", "-o", options, "devpts", str(devices / "pts")])
    (devices / "ptmx").unlink(missing_ok=True)
    (devices / "ptmx").symlink_to("pts/ptmx")


def inside(place: Path, user: str) -> list[str]:
    """The prefix of a command to run in the tree as that user, in the user's clone if it exists."""
    home = "/root" if user == "root" else f"/home/{user}"
    clean = ["env", "-i", f"HOME={home}", f"USER={user}", "LANG=C.UTF-8", *CI, *proxies()]
    path = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
    return ["chroot", f"--userspec={user}:{user}", str(place), *clean, path, "sh", "-c", ENTER, home]


#: As in CI; uv trusts the system's certificate authorities, as pip does.
CI = ("CI=true", "UV_SYSTEM_CERTS=1")
#: Change to the clone, if it exists, and exec the command.
ENTER = 'cd "$0"; cd mailproof 2>/dev/null; exec "$@"'


def proxies() -> list[str]:
    """The proxy variables of this machine's environment."""
    names = ("http_proxy", "https_proxy", "no_proxy")
    return [f"{name}={os.environ[name]}" for name in names if name in os.environ]


def full_version(python: list[str]) -> str:
    """Such as 3.14.10. Raises Failed."""
    program = "import platform; print(platform.python_version())"
    done = subprocess.run([*python, "-c", program], capture_output=True, text=True, check=False)
    if done.returncode:
        raise Failed(f"{' '.join(python)} does not run")
    return done.stdout.strip()


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        sys.exit(main(sys.argv[1:]))
