"""A seeded world of domains, served by NSD, with a proxy before it that delays answers and swallows some.

Of a hundred domains: 3 do not exist, 2 have a zone that NSD cannot serve (SERVFAIL), 1 is never answered (by
the proxy), 5 are over SPF's limit of lookups, 4 have malformed records; the others are as most domains are,
with SPF records of providers nested three deep.
"""

from __future__ import annotations

import argparse
import heapq
import os
import random
import selectors
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PROVIDERS = 24
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
    name: "w"
    zonefile: "%s.zone"
zone:
    name: "."
    zonefile: "root.zone"
"""


def domains(count: int) -> list[str]:
    return [_name(number) for number in range(count)]


def _name(number: int) -> str:
    return f"{'silent' if number % 100 == 7 else 'd'}{number}.example"


def write(folder: Path, count: int, seed: int) -> None:
    """A file a zone, and the list of zones."""
    chance, zones = random.Random(seed), ["example", "dns.example"]
    for name in ("root", "example"):
        (folder / f"{name}.zone").write_text(_SOA)
    (folder / "dns.example.zone").write_text(f"{_SOA}ns1 3600 A 127.0.53.1\n")
    for number in range(PROVIDERS):
        name = f"p{number}.example"
        (folder / f"{name}.zone").write_text(_provider(number))
        zones.append(name)
    for number, name in enumerate(domains(count)):
        kind = number % 100
        if kind in (11, 41, 71):
            continue  # NXDOMAIN
        zones.append(name)
        if kind not in (23, 53):  # else SERVFAIL: NSD knows the zone and has no file
            (folder / f"{name}.zone").write_text(_domain(kind, chance))
    (folder / "zone.list").write_text(
        "# NSD zone list\n# name pattern\n" + "".join(f"add {name} w\n" for name in zones)
    )


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


@contextmanager
def serving(count: int, seed: int, address: str, port: int, delay: float) -> Iterator[Path]:
    """NSD at ``address``, on ``port``, behind the proxy; inside, its folder."""
    nsd = shutil.which("nsd", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if nsd is None:
        sys.exit("needs NSD: apt-get install nsd (and stop the one that it starts)")
    with tempfile.TemporaryDirectory(prefix="mailproof-bulk-") as name:
        folder = Path(name)
        write(folder, count, seed)
        behind = port if delay == 0 else 5300
        (folder / "nsd.conf").write_text(_CONFIG.format(address=address, port=behind, folder=folder))
        processes = [subprocess.Popen([nsd, "-d", "-c", str(folder / "nsd.conf")])]
        if delay:
            proxy = [sys.executable, __file__, address, str(port), str(behind), str(delay)]
            processes.append(subprocess.Popen(proxy))
        try:
            _wait(address, port)
            yield folder
        finally:
            for process in processes:
                process.terminate()
                process.wait()


def _wait(address: str, port: int) -> None:
    question = bytes.fromhex("1234010000010000000000000364") + b"ns\x07example\x00\x00\x06\x00\x01"
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        asking.settimeout(0.2)
        for _ in range(150):
            try:
                asking.sendto(question, (address, port))
                asking.recv(4096)
            except (TimeoutError, ConnectionRefusedError):
                time.sleep(0.1)
            else:
                return
    sys.exit("NSD does not answer")


def proxy(address: str, port: int, behind: int, delay: float) -> None:
    """Pass questions on at once, and answers after the delay; what is about a silent domain is dropped."""
    front = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    back = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    for each in (front, back):
        each.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 23)
        each.setblocking(False)
    front.bind((address, port))
    back.connect((address, behind))
    waiting: dict[int, tuple[bytes, tuple[str, int]]] = {}
    due: list[tuple[float, int, bytes, tuple[str, int]]] = []
    number = 0
    watch = selectors.DefaultSelector()
    watch.register(front, selectors.EVENT_READ)
    watch.register(back, selectors.EVENT_READ)
    while True:
        pause = max(0.0, due[0][0] - time.monotonic()) if due else None
        watch.select(pause)
        for _ in range(256):
            try:
                wire, client = front.recvfrom(4096)
            except BlockingIOError:
                break
            if b"silent" in wire:
                continue
            number = (number + 1) & 0xFFFF
            waiting[number] = wire[:2], client
            back.send(number.to_bytes(2, "big") + wire[2:])
        now = time.monotonic()
        for _ in range(256):
            try:
                wire = back.recv(65535)
            except BlockingIOError:
                break
            known = waiting.pop(int.from_bytes(wire[:2], "big"), None)
            if known is not None:
                heapq.heappush(due, (now + delay, number, known[0] + wire[2:], known[1]))
        while due and due[0][0] <= time.monotonic():
            _, _, wire, client = heapq.heappop(due)
            front.sendto(wire, client)


if __name__ == "__main__":
    given = argparse.ArgumentParser()
    given.add_argument("address")
    given.add_argument("port", type=int)
    given.add_argument("behind", type=int)
    given.add_argument("delay", type=float)
    options = given.parse_args()
    proxy(options.address, options.port, options.behind, options.delay)
