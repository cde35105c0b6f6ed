"""SpamAssassin's spamd and Rspamd on a separate host, started by the tests that use them.

`python -m tests.lab.servers.filters` inside the laboratory configures and starts both, says `ready` in one
JSON line with the start-up time in seconds, and stops them when stdin ends. spamd runs local tests only;
Rspamd uses the laboratory's resolver, where its lists do not exist.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from tests.lab import world
from tests.lab.context import ROOT, Context, Daemon, answers
from tests.lab.pki import Pki

SPAMD = (world.FILTER.ip, 783)
NORMAL = (world.FILTER.ip, 11333)
CONTROLLER = (world.FILTER.ip, 11334)
SOCKET = ROOT / "spamd" / "spamd.sock"
START_LIMIT = 60.0
_LANGUAGES = Path("/usr/share/rspamd/languages")

# Rspamd compiles all public suffixes for 15 s and reads 46 languages for 3 s: neither is needed here.
_OPTIONS = """\
url_tld = "{work}/suffixes";
disable_hyperscan = true;
"""
_MAIN = 'lang_detection {{ languages = "{work}/languages"; }}\n'
_WORKER = 'bind_socket = "{place}";\ncount = 1;\n'
_OFF = "enabled = false;\n"


def daemons(context: Context) -> Iterator[Daemon]:
    """Configure both."""
    sockets = context.folder("spamd", owner="debian-spamd")
    yield Daemon(
        "spamd",
        "filter",
        (
            *("/usr/sbin/spamd", "--local", "--nouser-config", "--username=debian-spamd", "--syslog=stderr"),
            *("--max-children=1", "--min-children=1", "--max-spare=1", f"--helper-home-dir={sockets}"),
            *(f"--listen={SPAMD[0]}:{SPAMD[1]}", f"--listen={SOCKET}", "--socketmode=0666"),
            f"--allowed-ips={','.join(world.NETWORKS)}",
        ),
        (SPAMD,),
    )
    work = context.folder("rspamd", owner="_rspamd")
    languages = context.folder("rspamd/languages")
    shutil.copy(_LANGUAGES / "en.json", languages)
    context.write("rspamd/suffixes", "test\ncom\nnet\norg\n")
    context.write("rspamd/local/rspamd.conf.local", _MAIN.format(work=work))
    local = {
        "options": _OPTIONS.format(work=work),
        "logging": 'type = "console";\n',
        "worker-normal": _WORKER.format(place=f"{NORMAL[0]}:{NORMAL[1]}"),
        "worker-controller": _WORKER.format(place=f"{CONTROLLER[0]}:{CONTROLLER[1]}")
        + f'password = "{world.PASSWORD}";\nsecure_ip = null;\n',
        "worker-proxy": _OFF,
        "fuzzy_check": _OFF,
    }
    for name, text in local.items():
        ending = "inc" if name in ("options", "logging") or name.startswith("worker") else "conf"
        context.write(f"rspamd/local/local.d/{name}.{ending}", text)
    folders = {name: context.folder(f"rspamd/{name}", owner="_rspamd") for name in ("run", "db", "log")}
    yield Daemon(
        "rspamd",
        "filter",
        (
            *("/usr/bin/rspamd", "--no-fork", "--user=_rspamd", "--group=_rspamd"),
            *(f"--var={name.upper()}DIR={folder}" for name, folder in folders.items()),
            f"--var=LOCAL_CONFDIR={work}/local",
        ),
        (NORMAL, CONTROLLER),
    )


def main() -> None:
    """Start both, wait until they answer, then until stdin ends."""
    started = time.monotonic()
    context = Context(ROOT, Pki.create(ROOT / "filters-pki"), (), sys.executable)  # none is presented
    running = []
    for daemon in daemons(context):
        with (ROOT / "log" / f"{daemon.name}.out").open("wb") as output:
            process = subprocess.Popen(
                daemon.argv, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, cwd="/"
            )
        running.append((daemon, process))
    for daemon, process in running:
        for address in daemon.ready:
            while not answers(address):
                if process.poll() is not None or time.monotonic() - started > START_LIMIT:
                    raise SystemExit(
                        (ROOT / "log" / f"{daemon.name}.out").read_text(errors="replace")[-3000:]
                    )
                time.sleep(0.05)
    print(json.dumps({"ready": True, "seconds": round(time.monotonic() - started, 2)}), flush=True)
    sys.stdin.read()
    for _, process in running:
        process.terminate()
    for _, process in running:
        process.wait(10)


if __name__ == "__main__":
    main()
