"""The same zones in BIND's named and in ZoneResolver: every answer equal."""

from __future__ import annotations

import contextlib
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from itertools import product

import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.query
import dns.rcode
import dns.rdataclass
import dns.rdatatype
import pytest

from mailproof.dns import Answer, ZoneFile, ZoneResolver
from mailproof.dns.text import name_text
from tests.support.listening import free_port

NAMED = shutil.which("named") or shutil.which("named", path="/usr/sbin:/usr/local/sbin")

ACME = r"""$TTL 600
@ SOA ns1 hostmaster 1 7200 900 1209600 120
  NS ns1
  NS ns.esp.example.
  MX 10 mx
  TXT "v=spf1 " "mx -all"
  TXT "\000\255 \"quoted\" \\ \; ;"
ns1 A 192.0.2.53
mx 300 A 192.0.2.25
   60 A 192.0.2.26
   AAAA 2001:db8::25
www CNAME web
web 60 CNAME mx
nodata CNAME ns1
broken CNAME nothing.here
away CNAME host.esp.example.
outside CNAME host.elsewhere.test.
circle CNAME circle2
circle2 CNAME circle
a.deep.name A 192.0.2.1
*.wild TXT star
*.wild MX 5 mx
real.wild A 192.0.2.9
below.ent.wild A 192.0.2.10
*.alias CNAME mx
*.gone CNAME nothing.here
sub NS ns.sub
ns.sub A 192.0.2.54
wild.sub.x A 192.0.2.55
into CNAME host.sub
old DNAME new
old TXT owner
x.new TXT renamed
*.new MX 1 mx
far DNAME esp.example.
chain DNAME old
$GENERATE 1-4/2 gen-${0,2,d} A 192.0.2.$
$GENERATE 10-11 ${0,3,n} TXT "n $"
$GENERATE 3-4 spf-$ TXT "\"v=spf1 ip4:192.0.2.$\" \" -all\""
$GENERATE 3-4 mail-$ 77 IN MX "10 mx-$"
$ORIGIN deeper.acme.example.
@ TXT "relative"
t\.dot TXT escaped
T\064at TXT at
UPPER TXT case
cert TYPE65400 \# 3 abcdef
_25._tcp TLSA ( 3 1 1
  00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff ) ; over lines
"""

ESP = """$TTL 60
@ SOA ns h 1 2 3 4 5
@ NS ns
ns A 198.51.100.53
host A 198.51.100.1
back CNAME mx.acme.example.
x TXT "esp"
"""

LABELS = [
    "",
    *["ns1", "mx", "www", "web", "nodata", "broken", "away", "outside", "circle"],
    *["deep.name", "name", "a.deep.name", "b.deep.name"],
    *[
        "wild",
        "any.wild",
        "two.any.wild",
        "*.wild",
        "real.wild",
        "x.real.wild",
        "ent.wild",
        "x.ent.wild",
        "below.ent.wild",
    ],
    *["alias", "one.alias", "some.gone", "sub", "ns.sub", "host.sub", "sub.x", "wild.sub.x", "into"],
    *["old", "x.old", "y.old", "new", "y.new", "back.far", "host.far", "none.far", "x.chain"],
    *["gen-01", "gen-02", "gen-03", "a.0", "a.0.0", "spf-3", "mail-3"],
    *["deeper", "t\\.dot.deeper", "t.dot.deeper", "t\\064at.deeper", "upper.deeper", "cert.deeper"],
    *["_25._tcp.deeper", "_tcp.deeper", "none", "none.none", "*", "1.wild", "host", "back", "x"],
]
TYPES = ["A", "AAAA", "MX", "TXT", "CNAME", "NS", "SOA", "DNAME", "TLSA", "TYPE65400", "DS"]

CONFIGURATION = """
options {{
  directory "{folder}"; listen-on port {port} {{ 127.0.0.1; }}; listen-on-v6 {{ none; }};
  recursion no; pid-file none; lock-file none; session-keyfile "{folder}/session.key";
  dnssec-validation no; empty-zones-enable no; max-udp-size 4096; edns-udp-size 4096;
}};
controls {{ }};
zone "acme.example" {{ type primary; file "acme.example.zone"; check-names ignore; }};
zone "esp.example" {{ type primary; file "esp.example.zone"; check-names ignore; }};
"""


@pytest.fixture(scope="module")
def named(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """The port of a named that serves both zones."""
    if NAMED is None:
        pytest.skip("BIND's named is not installed")
    folder = tmp_path_factory.mktemp("named")
    (folder / "acme.example.zone").write_text(ACME)
    (folder / "esp.example.zone").write_text(ESP)
    port = free_port(socket.SOCK_DGRAM)
    (folder / "named.conf").write_text(CONFIGURATION.format(folder=folder, port=port))
    command = [NAMED, "-g", "-4", "-n", "1", "-c", str(folder / "named.conf")]
    with (folder / "log").open("wb") as log, subprocess.Popen(command, stdout=log, stderr=log) as process:
        try:
            query = dns.message.make_query("acme.example", "SOA")
            for _ in range(50):
                with contextlib.suppress(OSError, dns.exception.DNSException):
                    if dns.query.udp(query, "127.0.0.1", 0.2, port).answer:
                        break
                if process.poll() is not None:
                    break
                time.sleep(0.1)
            else:
                pytest.fail((folder / "log").read_text()[-3000:])
            if process.poll() is not None:
                told_us = (folder / "log").read_text()
                if "permission denied" in told_us:
                    pytest.skip("named is confined to other folders (AppArmor)")
                pytest.fail(told_us[-3000:])
            yield port
        finally:
            process.terminate()
            process.wait(10)


@pytest.fixture(scope="module")
def ours(tmp_path_factory: pytest.TempPathFactory) -> ZoneResolver:
    folder = tmp_path_factory.mktemp("zones")
    (folder / "acme.example.zone").write_text(ACME)
    (folder / "esp.example.zone").write_text(ESP)
    files = (folder / "acme.example.zone", folder / "esp.example.zone")
    return ZoneResolver(*map(ZoneFile.open, files), strict=True)


def told(
    port: int, name: str, rrtype: str, chain: tuple[str, ...] = ()
) -> tuple[str, tuple[str, ...], set[str]]:
    """named's answer in our terms: status, chain, records. Chains into its other zone are followed."""
    query = dns.message.make_query(name, rrtype, payload=4096)
    response = dns.query.udp(query, "127.0.0.1", 2, port)
    owner, rdtype = query.question[0].name, query.question[0].rdtype
    while rdtype != dns.rdatatype.CNAME:
        alias = response.get_rrset(dns.message.ANSWER, owner, dns.rdataclass.IN, dns.rdatatype.CNAME)
        if alias is None:
            break
        owner = alias[0].target
        if name_text(owner) in chain:
            return "servfail", (), set()
        chain += (name_text(owner),)
    rrset = response.get_rrset(dns.message.ANSWER, owner, dns.rdataclass.IN, rdtype)
    if rrset is not None:
        return "ok", chain, {record.to_text() for record in rrset}
    kinds = {rrset.rdtype for rrset in response.authority}
    if response.rcode() in (dns.rcode.NXDOMAIN, dns.rcode.REFUSED):
        return "nxdomain", chain, set()  # REFUSED: in none of its zones
    if dns.rdatatype.NS in kinds:
        return "unasked", chain, set()  # a referral: nothing is known below it
    if dns.rdatatype.SOA in kinds:
        return "nodata", chain, set()
    return told(port, owner.to_text(), rrtype, chain)


def said(answer: Answer) -> tuple[str, tuple[str, ...], set[str]]:
    if "form a loop" in answer.server:
        return "servfail", (), set()
    return answer.status, answer.chain, {record.to_text() for record in answer.records}


@pytest.mark.parametrize("label", LABELS)
def test_every_answer_is_equal(named: int, ours: ZoneResolver, label: str) -> None:
    differing = []
    for zone, rrtype in product(("acme.example", "esp.example"), TYPES):
        name = f"{label}.{zone}" if label else zone
        theirs, mine = told(named, name, rrtype), said(ours.known(name, rrtype))
        if theirs != mine:
            differing.append((name, rrtype, theirs, mine))
    assert not differing
