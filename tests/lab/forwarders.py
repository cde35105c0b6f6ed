"""Real forwarders on loopback, each with a slow upstream: dnsmasq, Unbound, systemd-resolved.

They need no laboratory namespace: they use high ports, their own configuration, and only our upstream.
"""

from __future__ import annotations

import ctypes
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import dns.exception
import dns.message
import dns.query

from tests.lab import packages
from tests.lab.packages import LabUnavailable
from tests.support.listening import free_port

_PATH = "/usr/sbin:/usr/bin:/sbin:/bin"
_PATIENCE = 20.0  # seconds to wait for one to start


@dataclass(frozen=True)
class Running:
    """A running server: its address, and its output."""

    address: str
    log: Path

    @property
    def port(self) -> str:
        return self.address.rpartition(":")[2]


@contextmanager
def upstream(folder: Path, *, domains: int = 100, delay: int = 80) -> Iterator[Running]:
    """The forwarders' upstream: it takes any number of queries at once and answers after ``delay`` ms."""
    command = [sys.executable, "-m", "tests.lab.upstream", "--delay", str(delay), "--domains", str(domains)]
    with _process(command, folder / "upstream.log", Path(__file__).parents[2]) as log:
        port = _wait(lambda: log.read_text().strip(), "upstream", log)
        yield Running(f"127.0.0.1:{port}", log)


@contextmanager
def dnsmasq(folder: Path, behind: Running, *options: str) -> Iterator[Running]:
    """dnsmasq with default settings, except for ``options``."""
    port = free_port(socket.SOCK_DGRAM)
    command = [
        *(_program("dnsmasq", "dnsmasq-base"), "--no-daemon", "--conf-file=/dev/null", "--user="),
        *("--no-resolv", "--no-hosts", f"--server=127.0.0.1#{behind.port}", "--bind-interfaces"),
        *("--listen-address=127.0.0.1", f"--port={port}", *options),
    ]
    with _answering(command, folder / "dnsmasq.log", port) as running:
        yield running


_UNBOUND = """\
server:
  interface: 127.0.0.1@{port}
  port: {port}
  access-control: 127.0.0.0/8 allow
  do-daemonize: no
  chroot: ""
  username: ""
  directory: "{folder}"
  pidfile: ""
  use-syslog: no
  verbosity: 1
  num-threads: 1
  module-config: "iterator"
  qname-minimisation: no
  do-not-query-localhost: no
  local-zone: "example." nodefault
  local-zone: "2.0.192.in-addr.arpa." nodefault
  local-zone: "8.b.d.0.1.0.0.2.ip6.arpa." nodefault
  {options}
remote-control:
  control-enable: no
"""


@contextmanager
def unbound(folder: Path, behind: Running, options: str, *stubs: str) -> Iterator[Running]:
    """Unbound as a forwarder; for zones in ``stubs`` it queries their name server directly."""
    port = free_port(socket.SOCK_DGRAM)
    text = _UNBOUND.format(port=port, folder=folder, options=options)
    for zone in stubs:
        text += f'stub-zone:\n  name: "{zone}"\n  stub-addr: 127.0.0.1@{behind.port}\n'
    if not stubs:
        text += f'forward-zone:\n  name: "."\n  forward-addr: 127.0.0.1@{behind.port}\n'
    config = folder / "unbound.conf"
    config.write_text(text)
    command = [_program("unbound", "unbound"), "-d", "-c", str(config)]
    with _answering(command, folder / "unbound.log", port) as running:
        yield running


_RESOLVED = """\
[Resolve]
DNS=127.0.0.1:{upstream}
FallbackDNS=
Domains=~.
LLMNR=no
MulticastDNS=no
DNSSEC=no
DNSStubListener=no
DNSStubListenerExtra=127.0.0.1:{port}
"""
# Its file paths are compiled in: a mount namespace puts our files there.
_RESOLVED_START = """\
set -e
mount -t tmpfs tmpfs /run
mkdir -p /run/etc/systemd /run/systemd/resolve
cp {folder}/resolved.conf /run/etc/systemd/
cp /etc/passwd /run/etc/
grep -q ^systemd-resolve: /etc/passwd || echo systemd-resolve:x:65534:65534::/:/bin/false >> /run/etc/passwd
mount --bind /run/etc/passwd /etc/passwd
chown systemd-resolve: /run/systemd/resolve
mkdir -p /etc/systemd
mount --bind /run/etc/systemd /etc/systemd
exec {program}
"""


@contextmanager
def resolved(folder: Path, behind: Running) -> Iterator[Running]:
    """systemd-resolved, without systemd and D-Bus: unpacked, since installing it takes over resolv.conf."""
    program = packages.systemd_resolved(folder)
    port = free_port(socket.SOCK_DGRAM)
    (folder / "resolved.conf").write_text(_RESOLVED.format(upstream=behind.port, port=port))
    script = _RESOLVED_START.format(folder=folder, program=program)
    command = ["unshare", "--mount", "--propagation", "private", "sh", "-c", script]
    with _answering(command, folder / "resolved.log", port) as running:
        yield running


def _program(name: str, package: str) -> str:
    found = shutil.which(name, path=_PATH)
    if found is None:
        raise LabUnavailable(f"{name} is not installed (Debian: {package})")
    return found


@contextmanager
def _answering(command: list[str], log: Path, port: int) -> Iterator[Running]:
    with _process(command, log, log.parent):
        _wait(lambda: _answers(port), log.stem, log)
        yield Running(f"127.0.0.1:{port}", log)


def _answers(port: int) -> str:
    try:
        dns.query.udp(dns.message.make_query("example", "SOA"), "127.0.0.1", 1.0, port)
    except (dns.exception.DNSException, OSError):
        return ""
    return "yes"


@contextmanager
def _process(command: list[str], log: Path, folder: Path) -> Iterator[Path]:
    with log.open("wb") as out:
        process = subprocess.Popen(command, cwd=folder, stdout=out, stderr=out, preexec_fn=_end_with_us)
    try:
        yield log
    finally:
        process.kill()
        process.wait()


def _end_with_us() -> None:
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG: also if the tests are killed


def _wait(found: Callable[[], str], name: str, log: Path) -> str:
    ends = time.monotonic() + _PATIENCE
    while time.monotonic() < ends:
        if seen := found():
            return seen
        time.sleep(0.1)
    raise LabUnavailable(f"{name} does not start here: {log.read_text(errors='replace')[-500:]}")
