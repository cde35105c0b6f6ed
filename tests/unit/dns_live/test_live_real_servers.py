"""Our own validation on BIND's signatures, compared with Unbound's results, if both are installed."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from mailproof.dns import LiveResolver
from mailproof.dns.anchors import TrustAnchors
from tests.support.listening import free_port

TOOLS = ("named", "unbound", "dnssec-keygen", "dnssec-signzone")
PATH = "/usr/sbin:/usr/bin:/sbin:/bin:/usr/local/sbin:/usr/local/bin"
FOUND = {tool: shutil.which(tool, path=PATH) for tool in TOOLS}
pytestmark = pytest.mark.skipif(not all(FOUND.values()), reason="needs BIND and Unbound")

HEAD = "$TTL 300\n@ SOA ns.test. h.test. 1 2 3 4 60\n@ NS ns.test.\n"
BODY = """www A 192.0.2.1
@ TXT "v=spf1 -all"
alias CNAME www
out CNAME www.plain.test.
a.b A 192.0.2.2
*.wild TXT "any"
old DNAME new
x.new TXT "moved"
sub NS ns.test.
"""
NSEC3, OPT_OUT = ("-3", "aabb", "-H", "3"), ("-A", "-3", "-", "-H", "0")


def sign(folder: Path, zone: str, body: str, options: tuple[str, ...] = (), algorithm: str = "") -> None:
    file = folder / f"zone.{zone}"
    file.write_text(HEAD + body)
    for flags in (("-f", "KSK"), ()):
        command = [FOUND["dnssec-keygen"], "-q", "-a", algorithm or "ECDSAP256SHA256", *flags, zone]
        subprocess.run([str(word) for word in command], cwd=folder, check=True, capture_output=True)
    command = [FOUND["dnssec-signzone"], "-S", "-Q", *options, "-f", f"signed.{zone}", "-o", zone, file.name]
    subprocess.run([str(word) for word in command], cwd=folder, check=True, capture_output=True)


def start(folder: Path, command: list[str], port: int) -> subprocess.Popen[bytes]:
    log = (folder / f"log.{port}").open("wb")
    process = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log)
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        with socket.socket() as sock:
            if sock.connect_ex(("127.0.0.1", port)) == 0:
                return process
        time.sleep(0.1)
    process.kill()
    process.wait()
    pytest.skip(f"{command[0]} does not start here: {(folder / f'log.{port}').read_text()[-300:]}")


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str, TrustAnchors]]:
    folder = tmp_path_factory.mktemp("dns")
    sign(folder, "acme.test", BODY)
    sign(folder, "hashed.test", BODY, NSEC3, "RSASHA256")
    sign(folder, "optout.test", BODY, OPT_OUT)
    sign(folder, "forged.test", "www A 192.0.2.9\n")
    forged = folder / "signed.forged.test"
    forged.write_text(forged.read_text().replace("192.0.2.9", "192.0.2.66"))
    (folder / "signed.plain.test").write_text(HEAD + BODY.replace("sub NS ns.test.\n", ""))
    zones = ["acme.test", "hashed.test", "optout.test", "forged.test", "plain.test"]
    digests = "".join(path.read_text() for path in sorted(folder.glob("dsset-*")))
    cuts = "".join(f"{zone}. NS ns.test.\n" for zone in zones)
    sign(folder, "test", "ns A 127.0.0.1\n" + cuts + digests, NSEC3)
    sign(folder, ".", "test. NS ns.test.\n" + (folder / "dsset-test.").read_text())
    for zone in zones[:3]:
        (folder / f"signed.sub.{zone}").write_text(HEAD + "@ A 192.0.2.33\n")
        zones.append(f"sub.{zone}")
    anchor = (folder / "dsset-.").read_text().split("\n")[0]
    (folder / "anchor").write_text(anchor + "\n")
    zones += ["test", "."]
    authority, resolver = free_port(socket.SOCK_DGRAM), free_port(socket.SOCK_DGRAM)
    (folder / "named.conf").write_text(
        f'options {{ directory "{folder}"; listen-on port {authority} {{ 127.0.0.1; }};'
        " listen-on-v6 { none; }; recursion no; empty-zones-enable no; pid-file none; session-keyfile none;"
        " dnssec-validation no; };\ncontrols {};\n"
        + "".join(f'zone "{zone}" {{ type primary; file "signed.{zone}"; }};\n' for zone in zones)
    )
    (folder / "unbound.conf").write_text(
        f'server:\n interface: 127.0.0.1@{resolver}\n do-daemonize: no\n username: ""\n chroot: ""\n'
        f' directory: "{folder}"\n use-syslog: no\n pidfile: ""\n do-not-query-localhost: no\n ede: yes\n'
        f' module-config: "validator iterator"\n trust-anchor-file: "{folder}/anchor"\n do-ip6: no\n'
        ' local-zone: "test." nodefault\nremote-control:\n control-enable: no\n'
        + "".join(f'stub-zone:\n name: "{zone}"\n stub-addr: 127.0.0.1@{authority}\n' for zone in zones)
    )
    running = [start(folder, [str(FOUND["named"]), "-g", "-c", f"{folder}/named.conf"], authority)]
    try:
        command = [str(FOUND["unbound"]), "-d", "-c", f"{folder}/unbound.conf"]
        running.append(start(folder, command, resolver))
        yield f"127.0.0.1:{authority}", f"127.0.0.1:{resolver}", TrustAnchors.from_text([anchor])
    finally:
        for process in running:
            process.terminate()
            process.wait()


def questions() -> list[tuple[str, str]]:
    asked = [("none.test", "A"), ("test", "SOA"), (".", "NS"), ("nonetld", "A"), ("www.forged.test", "A")]
    for zone in ("acme.test", "hashed.test", "optout.test", "plain.test"):
        names = ["www", "alias", "out", "b", "x.wild", "y.x.wild", "x.old", "n.old", "none", "n.n.b"]
        names += [] if zone == "plain.test" else ["sub"]
        asked += [(f"{name}.{zone}", kind) for name in names for kind in ("A", "TXT")]
        asked += [(zone, kind) for kind in ("TXT", "MX", "DS", "DNSKEY")] + [(f"www.{zone}", "DS")]
    return asked


async def test_we_judge_as_unbound_does(servers: tuple[str, str, TrustAnchors]) -> None:
    authority, resolver, anchors = servers
    seen: dict[str, int] = {}
    async with (
        LiveResolver([resolver], timeout=5) as told,
        LiveResolver([authority], timeout=5, validate=True, trust_anchors=anchors) as own,
        LiveResolver([resolver], timeout=5, validate=True, trust_anchors=anchors) as through,
    ):
        for question in questions():
            answers = [await one.query(*question) for one in (told, own, through)]
            kinds = {(a.status, a.secure, tuple(sorted(map(str, a.records))), a.chain) for a in answers}
            assert len(kinds) == 1, (question, [(a.status, a.secure, a.reason) for a in answers])
            seen[answers[0].secure] = seen.get(answers[0].secure, 0) + 1
    assert seen["yes"] > 40
    assert seen["no"] > 20
    assert seen["bogus"] == 1
