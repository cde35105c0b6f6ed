"""A seeded world of domains, served by NSD behind dnsdist, which delays answers and drops some.

Of a hundred domains, 3 do not exist, 2 have a zone that NSD cannot serve (SERVFAIL), 1 never gets an answer
(from dnsdist), 5 exceed SPF's lookup limit, 4 have malformed records; the others are typical, with SPF
records of providers nested three levels deep.
"""

from __future__ import annotations

import os
import random
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

PROVIDERS = 24
#: Distinct zones: each is a file with relative names, so that 100,000 domains don't take 400 MB of files.
VARIANTS = 5_000
#: Seconds that NSD may take to read 100,000 zones on a busy machine.
START = 900
_SOA = "@ 3600 SOA ns1.dns.example. host.dns.example. 1 7200 3600 1209600 300\n@ 3600 NS ns1.dns.example.\n"
_KEY = (
    "v=DKIM1; k=rsa; p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDwIRP/UC3SBsEmGqZ9ZJW3/DkMoGeLnQg1fWn7/zYtIx"
    "N2SnFCjxOCKG9v3b4jYfcTNh5ijSsq631uBItLa7od+v/RtdC2UzJ1lWT947qR+Rcac2gbto/NMqJ0fzfVjH4OuKhitdY9tf6mcwGjaNBcWToI"
    "MmPSPDdQPNUYckcQ2QIDAQAB"
)
_CONFIG = """server:
    ip-address: {address}
    port: {port}
    zonesdir: "{folder}"
    zonelistfile: "{folder}/zone.list"
    pidfile: ""
    database: ""
    username: ""
    logfile: "{folder}/nsd.log"
    server-count: 1
    xfrdfile: "{folder}/xfrd.state"
    tcp-count: 100
remote-control:
    control-enable: no
pattern:
    name: "own"
    zonefile: "%s.zone"
zone:
    name: "."
    zonefile: "root.zone"
"""
_PATTERN = 'pattern:\n    name: "{name}"\n    zonefile: "{name}.zone"\n'
_PROXY = """setSecurityPollSuffix("")
setMaxUDPOutstanding(65535)
addLocal("{address}:{port}")
newServer({{address="{address}:{behind}", healthCheckMode="up", sockets=4}})
addAction(RegexRule("silent"), DropAction())
addResponseAction(AllRule(), DelayResponseAction({delay}))
controlSocket("{address}:{control}")
setConsoleACL("127.0.0.0/8")
setKey("{key}")
"""
_BEHIND, _CONTROL = 5300, 5199


def domains(count: int) -> list[str]:
    return [_name(number) for number in range(count)]


def _name(number: int) -> str:
    return f"{'silent' if number % 100 == 7 else 'd'}{number}.example"


def write(folder: Path, count: int, seed: int) -> list[str]:
    """Write the zone files and the list of zones. Returns the patterns: files shared by several zones."""
    chance, zones = random.Random(seed), ["example own", "dns.example own"]
    for name in ("root", "example"):
        (folder / f"{name}.zone").write_text(_SOA)
    (folder / "dns.example.zone").write_text(f"{_SOA}ns1 3600 A 127.0.53.1\n")
    for number in range(PROVIDERS):
        name = f"p{number}.example"
        (folder / f"{name}.zone").write_text(_provider(number))
        zones.append(f"{name} own")
    variants = min(count, VARIANTS)
    for number in range(variants):
        kind = number % 100
        if kind not in (23, 53):  # else SERVFAIL: NSD knows the zone and has no file
            (folder / f"v{number}.zone").write_text(_domain(kind, chance))
    zones += [
        f"{name} v{number % variants}"
        for number, name in enumerate(domains(count))
        if number % 100 not in (11, 41, 71)  # else NXDOMAIN
    ]
    (folder / "zone.list").write_text(
        "# NSD zone list\n# name pattern\n" + "".join(f"add {each}\n" for each in zones)
    )
    return [f"v{number}" for number in range(variants)]


def _provider(number: int) -> str:
    return (
        f'{_SOA}spf 3600 TXT "v=spf1 include:a.spf include:b.spf.p{number}.example ~all"\n'.replace(
            "a.spf ", f"a.spf.p{number}.example "
        )
        + f'a.spf 3600 TXT "v=spf1 include:c.spf.p{number}.example ip4:198.51.100.{number}/32 ~all"\n'
        f'b.spf 3600 TXT "v=spf1 ip4:203.0.113.{number}/32 ip6:2001:db8:{number:x}::/48 ~all"\n'
        f'c.spf 3600 TXT "v=spf1 ip4:192.0.2.{number}/32 ~all"\n'
        "mx1 3600 A 192.0.2.10\nmx1 3600 AAAA 2001:db8::10\nmx2 3600 A 192.0.2.11\n"
    )


def _domain(kind: int, chance: random.Random) -> str:
    first, second = chance.randrange(PROVIDERS), chance.randrange(PROVIDERS)
    spf = f"v=spf1 include:spf.p{first}.example ip4:198.51.100.7 {chance.choice(('-all', '~all'))}"
    dmarc = f"v=DMARC1; p={chance.choice(('none', 'quarantine', 'reject'))}; rua=mailto:d@p{second}.example"
    if kind in (3, 33, 43, 63, 83):
        spf = (
            "v=spf1 "
            + " ".join(f"include:spf.p{(first + i) % PROVIDERS}.example" for i in range(5))
            + " -all"
        )
    if kind in (9, 39):
        spf = spf.replace("include:", "include: ").replace("-all", "all-")
    if kind in (19, 59):
        dmarc = "v=DMARC1 p=rejct; rua=d@example"
    lines = [
        _SOA,
        f'@ 3600 TXT "{spf}"\n@ 3600 TXT "site-verification={chance.getrandbits(64):x}"\n',
        f"@ 3600 MX 10 mx1.p{first}.example.\n@ 3600 MX 20 mx2.p{first}.example.\n@ 3600 A 192.0.2.80\n",
        f'_dmarc 3600 TXT "{dmarc}"\n' if chance.random() < 0.8 else "",
        f'{chance.choice(("s1", "default", "google", "selector1", "k1"))}._domainkey 3600 TXT "{_KEY[:200]}" '
        f'"{_KEY[200:]}"\n',
    ]
    if chance.random() < 0.1:
        lines.append(
            '_mta-sts 3600 TXT "v=STSv1; id=1"\n_smtp._tls 3600 TXT "v=TLSRPTv1; rua=mailto:t@p1.example"\n'
        )
    return "".join(lines)


@dataclass(frozen=True)
class World:
    """The running servers. ``folder`` holds the zones."""

    folder: Path

    def asked(self) -> int:
        """The number of queries received so far, including unanswered ones."""
        command = ["dnsdist", "-C", str(self.folder / "dnsdist.conf"), "-e"]
        question = 'getStatisticsCounters()["queries"]'
        return int(subprocess.run([*command, question], capture_output=True, check=True).stdout)


@contextmanager
def serving(count: int, seed: int, address: str, port: int, delay: float) -> Iterator[World]:
    """Run NSD behind dnsdist, which listens on ``address``, ``port``. ``delay`` is in seconds."""
    path = f"{os.environ.get('PATH', '')}:/usr/sbin"
    nsd, dnsdist = shutil.which("nsd", path=path), shutil.which("dnsdist", path=path)
    if nsd is None or dnsdist is None:
        sys.exit("needs NSD and dnsdist: apt-get install nsd dnsdist (and stop those that it starts)")
    with tempfile.TemporaryDirectory(prefix="mailproof-bulk-") as name:
        folder = Path(name)
        patterns = "".join(_PATTERN.format(name=each) for each in write(folder, count, seed))
        config = _CONFIG.format(address=address, port=_BEHIND, folder=folder)
        (folder / "nsd.conf").write_text(config + patterns)
        proxy = _PROXY.format(
            address=address,
            port=port,
            behind=_BEHIND,
            control=_CONTROL,
            delay=round(delay * 1000),
            key=b64encode(secrets.token_bytes(32)).decode(),
        )
        (folder / "dnsdist.conf").write_text(proxy)
        processes = [subprocess.Popen([nsd, "-d", "-c", str(folder / "nsd.conf")])]
        try:
            _wait(processes[0], address, _BEHIND)
            command = [dnsdist, "--supervised", "-C", str(folder / "dnsdist.conf")]
            processes.append(subprocess.Popen(command, stdout=subprocess.DEVNULL))
            _wait(processes[1], address, port)
            yield World(folder)
        finally:
            for process in processes:
                process.terminate()
                process.wait()


def _wait(process: subprocess.Popen[bytes], address: str, port: int) -> None:
    """Wait until the server answers."""
    question = bytes.fromhex("1234010000010000000000000364") + b"ns\x07example\x00\x00\x06\x00\x01"
    end = time.monotonic() + START
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        asking.settimeout(0.2)
        while time.monotonic() < end and process.poll() is None:
            try:
                asking.sendto(question, (address, port))
                asking.recv(4096)
            except (TimeoutError, ConnectionRefusedError):
                time.sleep(0.1)
            else:
                return
    sys.exit(f"{address}:{port} does not answer: {process.args!r}")
