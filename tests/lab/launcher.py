"""Starts the laboratory: the first process of its namespaces, and the parent of every server.

Runs as `python -m tests.lab.launcher` under `unshare` (see lab.py). Prints `ready` in one JSON line on
stdout, then waits for the end of stdin. When it exits, for any reason, the kernel kills everything it
started: it is process 1 of its process namespace.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.lab import dkimkeys, network, world, zonefiles
from tests.lab.context import ROOT, Context, Daemon, answers
from tests.lab.pki import Pki
from tests.lab.servers import dovecot, listserver, named, receiver, senders, silent, unbound, web

START_LIMIT = 40.0  # seconds; it takes about five


def main() -> None:
    """Build everything, start it, wait until it answers, then until stdin ends."""
    started = time.monotonic()
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    keys = _keys()
    network.private_mounts()
    ROOT.mkdir()
    logs = ROOT / "log"
    logs.mkdir()
    logs.chmod(0o777)
    threading.Thread(target=_syslog, args=(logs / "syslog",), daemon=True).start()
    pki = Pki.create(ROOT / "pki")
    network.private_files(ROOT, pki.bundle)
    network.build_hosts()
    context = Context(ROOT, pki, keys, sys.executable)
    (ROOT / "zones").mkdir()
    tlsa = zonefiles.tlsa_records(pki)  # before the receiver presents the certificates
    # The senders and the receiver start without the zones: sign these meanwhile.
    with ThreadPoolExecutor(1) as pool:
        signing = pool.submit(zonefiles.build, ROOT / "zones", keys, tlsa)
        running = _start(logs, _mail_daemons(context))
        zones = signing.result()
    running += _start(logs, named.daemons(context, zones), silent.daemons(context))
    _wait(running, started)
    resolver = _start(logs, unbound.daemons(context, zones))
    _wait(resolver, started)
    _wait_for_validation(started)
    report = {"ready": True, "seconds": round(time.monotonic() - started, 2)}
    print(json.dumps(report), flush=True)
    _reap_until_stdin_ends()


def _keys() -> tuple[dkimkeys.KeyPair, ...]:
    every = tuple(key for sender in world.SENDERS for key in sender.dkim)
    with ThreadPoolExecutor(2) as pool:  # RSA generation runs outside the interpreter's lock
        return tuple(pool.map(dkimkeys.generate, every))


def _mail_daemons(context: Context) -> Iterator[Daemon]:
    yield from dovecot.daemons(context)
    yield from senders.daemons(context)
    yield from receiver.daemons(context)
    yield from listserver.daemons(context)
    yield from web.daemons(context)


_Running = list[tuple[Daemon, "subprocess.Popen[bytes]"]]


def _start(logs: Path, *groups: Iterator[Daemon]) -> _Running:
    nsenter = shutil.which("nsenter") or "/usr/bin/nsenter"
    running: _Running = []
    environment = {
        "PATH": "/usr/sbin:/usr/bin:/sbin:/bin",
        "LANG": "C.UTF-8",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONPATH": os.getcwd(),
    }
    for group in groups:
        for daemon in group:
            with (logs / f"{daemon.name}.out").open("wb") as output:
                process = subprocess.Popen(
                    (nsenter, f"--net=/run/netns/{daemon.host}", "--", *daemon.argv),
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                    env=environment,
                    start_new_session=True,
                )
            running.append((daemon, process))
    return running


def _wait(running: _Running, started: float) -> None:
    for daemon, process in running:
        for address in daemon.ready:
            while not answers(address):
                if process.poll() is not None:
                    raise SystemExit(f"{daemon.name} ended with {process.returncode}\n{_tail(daemon)}")
                if time.monotonic() - started > START_LIMIT:
                    raise SystemExit(f"{daemon.name} does not listen on {address}\n{_tail(daemon)}")
                time.sleep(0.02)


def _wait_for_validation(started: float) -> None:
    """Wait until a signed name is answered with the AD flag: the chain of trust is complete."""
    import dns.flags
    import dns.message
    import dns.query

    question = dns.message.make_query("healthy.test", "TXT", want_dnssec=True)
    while time.monotonic() - started < START_LIMIT:
        with contextlib.suppress(dns.exception.DNSException, OSError):
            answer = dns.query.udp(question, world.RESOLVER.ip, timeout=2)
            if answer.flags & dns.flags.AD and answer.answer:
                return
        time.sleep(0.1)
    raise SystemExit("the resolver does not validate healthy.test")


def _tail(daemon: Daemon) -> str:
    text = ""
    for path in sorted((ROOT / "log").iterdir()):
        if path.name.startswith(daemon.name) or path.name == "syslog":
            text += f"--- {path.name}\n{path.read_text(errors='replace')[-2000:]}\n"
    return text


def _syslog(path: Path) -> None:
    server = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    server.bind("/dev/log")
    Path("/dev/log").chmod(0o666)
    with path.open("ab", buffering=0) as output:
        while True:
            output.write(server.recv(65536).rstrip(b"\0\n") + b"\n")


def _reap_until_stdin_ends() -> None:
    """Reap orphans of the servers, which become children of process 1."""

    def reap() -> None:
        while True:
            try:
                os.waitpid(-1, 0)
            except ChildProcessError:
                time.sleep(1)

    threading.Thread(target=reap, daemon=True).start()
    while os.read(0, 4096):
        pass
    os._exit(0)


if __name__ == "__main__":
    main()
