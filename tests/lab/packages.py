"""The laboratory's Debian packages, installed without starting their daemons."""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

# program to look for -> the package that contains it
PROGRAMS = {
    "/usr/sbin/named": "bind9",
    "/usr/bin/dnssec-signzone": "bind9-utils",
    "/usr/bin/dig": "bind9-dnsutils",
    "/usr/sbin/unbound": "unbound",
    "/usr/sbin/postfix": "postfix",
    "/usr/sbin/opendkim": "opendkim",
    "/usr/sbin/opendmarc": "opendmarc",
    "/usr/bin/pyspf-milter": "pyspf-milter",
    "/usr/sbin/postgrey": "postgrey",
    "/usr/sbin/dovecot": "dovecot-core",
    "/usr/lib/dovecot/imap": "dovecot-imapd",
    "/usr/lib/dovecot/pop3": "dovecot-pop3d",
    "/usr/lib/dovecot/lmtp": "dovecot-lmtpd",
    "/usr/sbin/nginx": "nginx-light",
    "/usr/sbin/ip": "iproute2",
    "/usr/sbin/spamd": "spamd",
    "/usr/bin/spamc": "spamc",
    "/usr/bin/rspamd": "rspamd",
    "/usr/sbin/dnsmasq": "dnsmasq-base",
}
_PRESEED = """\
postfix postfix/main_mailer_type select No configuration
opendmarc opendmarc/dbconfig-install boolean false
opendmarc opendmarc/dbconfig-upgrade boolean false
"""
_POLICY = Path("/usr/sbin/policy-rc.d")
_NO_START = "#!/bin/sh\nexit 101\n"


class LabUnavailable(Exception):
    """The laboratory cannot run here; the message says why."""


def missing(files: Mapping[str, str] = PROGRAMS) -> tuple[str, ...]:
    """Packages whose file is missing on this machine."""
    return tuple(sorted({package for file, package in files.items() if not Path(file).exists()}))


def ensure() -> None:
    """Install what the laboratory needs; raise LabUnavailable if it cannot run."""
    if os.geteuid() != 0:
        raise LabUnavailable("the laboratory needs root (namespaces, ports under 1024)")
    bring(PROGRAMS)


def bring(files: Mapping[str, str]) -> None:
    """Install the packages of missing files. Raises LabUnavailable.

    Packages are installed only as root and only with CI or MAILPROOF_LAB=1 in the environment: a test
    run on a developer's own machine never changes it.
    """
    if not missing(files):
        return
    names = " ".join(missing(files))
    if os.geteuid() != 0 or not (os.environ.get("CI") or os.environ.get("MAILPROOF_LAB") == "1"):
        raise LabUnavailable(
            f"packages are missing ({names}); MAILPROOF_LAB=1 lets root's tests install them"
        )
    if not shutil.which("apt-get"):
        raise LabUnavailable(f"packages are missing ({names}) and there is no apt-get")
    with _alone():
        packages = missing(files)  # another worker of the same run may just have installed them
        if packages:
            _install(packages)
    if missing(files):
        raise LabUnavailable(f"apt-get did not bring {' '.join(missing(files))}")


@contextlib.contextmanager
def _alone() -> Iterator[None]:
    """Only one process installs at a time."""
    path = Path(tempfile.gettempdir(), "mailproof-lab.lock")
    with os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600), "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _install(packages: tuple[str, ...]) -> None:
    # Recommended packages (mailutils and the like) are not needed.
    command = ["apt-get", "install", "-y", "-q", "--no-install-recommends", *packages]
    with _no_daemons():
        _run(["debconf-set-selections"], stdin=_PRESEED)
        if not any(Path("/var/lib/apt/lists").glob("*Packages*")):
            _apt(["apt-get", "update", "-q"])
        try:
            _apt(command)
        except LabUnavailable:
            # Outdated lists name versions no longer on the mirror: update them and retry.
            _apt(["apt-get", "update", "-q"])
            _apt(command)


def systemd_resolved(folder: Path) -> Path:
    """The program, unpacked below ``folder`` if not installed: its package takes over resolv.conf."""
    for place in ("/usr/lib/systemd/systemd-resolved", "/lib/systemd/systemd-resolved"):
        if os.access(place, os.X_OK):
            return Path(place)
    if os.geteuid() != 0:
        raise LabUnavailable("systemd-resolved is not installed, and unpacking and starting it needs root")
    if not (os.environ.get("CI") or os.environ.get("MAILPROOF_LAB") == "1"):
        raise LabUnavailable("systemd-resolved is not installed; MAILPROOF_LAB=1 lets the tests fetch it")
    if not shutil.which("apt-get"):
        raise LabUnavailable("systemd-resolved is not installed and there is no apt-get")
    with _alone():
        _run(["apt-get", "download", "-q", "systemd-resolved", "libsystemd-shared"], folder=folder)
    for package in folder.glob("*.deb"):
        _run(["dpkg", "-x", str(package), str(folder / "resolved")])
    for name in ("usr/lib/systemd/systemd-resolved", "lib/systemd/systemd-resolved"):
        if (folder / "resolved" / name).exists():
            return folder / "resolved" / name
    raise LabUnavailable("Debian's package of systemd-resolved has no such program")


def _apt(command: list[str]) -> None:
    _run([command[0], "-o", "DPkg::Lock::Timeout=300", *command[1:]])


def _run(command: list[str], stdin: str = "", folder: Path | None = None) -> None:
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    done = subprocess.run(
        command,
        input=stdin,
        capture_output=True,
        text=True,
        check=False,
        env=environment,
        timeout=900,
        cwd=folder,
    )
    if done.returncode:
        tail = (done.stdout + done.stderr)[-1500:]
        raise LabUnavailable(f"{' '.join(command)} failed:\n{tail}")


@contextlib.contextmanager
def _no_daemons() -> Iterator[None]:
    """Forbid package scripts to start services meanwhile; the previous policy is restored afterwards."""
    before = _POLICY.read_bytes() if _POLICY.exists() else None
    mode = _POLICY.stat().st_mode if before is not None else 0o755
    _POLICY.write_text(_NO_START)
    _POLICY.chmod(0o755)
    try:
        yield
    finally:
        if before is None:
            _POLICY.unlink(missing_ok=True)
        else:
            _POLICY.write_bytes(before)
            _POLICY.chmod(mode)


if __name__ == "__main__":
    ensure()
