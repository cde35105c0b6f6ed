"""Zones signed at run time, and a handler that answers from them like a resolver for queries with CD."""

from __future__ import annotations

import base64
import time
from dataclasses import dataclass
from functools import cache

import dns.dnssec
import dns.message
import dns.name
import dns.node
import dns.rcode
import dns.rdata
import dns.rdataset
import dns.rdatatype
import dns.rrset
import dns.zone
from cryptography.hazmat.primitives.asymmetric import ec
from dns.rdtypes.ANY.DNSKEY import DNSKEY
from dns.rdtypes.ANY.NSEC3 import NSEC3
from dns.rdtypes.util import Bitmap

from mailproof.dns.anchors import TrustAnchors
from tests.support.dnsserver import Asked

Name = dns.name.Name
DAY = 86400


class NSEC3Bitmap(Bitmap):
    type_name = "NSEC3"


@dataclass(frozen=True)
class Key:
    """A zone's only key: signs everything."""

    private: ec.EllipticCurvePrivateKey
    public: DNSKEY

    @classmethod
    def new(cls) -> Key:
        private = ec.generate_private_key(ec.SECP256R1())
        public = dns.dnssec.make_dnskey(private.public_key(), "ECDSAP256SHA256", flags=257)
        return cls(private, public)

    def ds(self, zone: Name) -> str:
        return dns.dnssec.make_ds(zone, self.public, "SHA256").to_text()


class World:
    """Zones by origin. ``add`` returns the DS for the parent, so leaf zones are added first."""

    def __init__(self) -> None:
        self.zones: dict[Name, dns.zone.Zone] = {}
        self.keys: dict[Name, Key] = {}

    def add(
        self,
        origin: str,
        text: str,
        *,
        sign: bool = True,
        nsec3: int | None = None,
        opt_out: bool = False,
        since: float = -3600,
        until: float = DAY,
    ) -> str:
        """Add a zone; returns its DS ("" if unsigned). ``nsec3`` is the number of iterations."""
        name = dns.name.from_text(origin)
        head = f"@ 300 SOA ns h 1 2 3 4 60\n@ 300 NS ns.{origin.lstrip('.')}\n"
        zone = dns.zone.from_text(head + text, origin=name, relativize=False, check_origin=False)
        self.zones[name] = zone
        if not sign:
            return ""
        key = self.keys[name] = Key.new()
        now = time.time()
        with zone.writer() as txn:
            dns.dnssec.sign_zone(
                zone, txn, keys=[(key.private, key.public)], inception=now + since, expiration=now + until
            )
        if nsec3 is not None:
            self._hash(zone, key, nsec3, opt_out)
        return key.ds(name)

    def _hash(self, zone: dns.zone.Zone, key: Key, iterations: int, opt_out: bool) -> None:
        assert zone.origin is not None
        kinds: dict[Name, set[int]] = {}
        for name in list(zone.nodes):
            node = zone.nodes[name]
            node.rdatasets = [r for r in node.rdatasets if dns.rdatatype.NSEC not in (r.rdtype, r.covers)]
            types = {int(r.rdtype) for r in node.rdatasets}
            if opt_out and types == {dns.rdatatype.NS}:
                continue
            kinds[name] = types
            while name != zone.origin:  # including empty non-terminals
                name = name.parent()
                kinds.setdefault(name, set())
        hashed = sorted((dns.dnssec.nsec3_hash(name, b"\xab", iterations, 1), name) for name in kinds)
        for index, (digest, name) in enumerate(hashed):
            following = base64.b32hexdecode(hashed[(index + 1) % len(hashed)][0])
            windows = NSEC3Bitmap.from_rdtypes([dns.rdatatype.RdataType.make(t) for t in kinds[name]]).windows
            record = NSEC3(  # type: ignore[no-untyped-call] # of dnspython
                1, 50, 1, int(opt_out), iterations, b"\xab", following, windows
            )
            owner = dns.name.Name((digest.lower().encode(), *zone.origin.labels))
            self._put(zone, owner, [record], key)

    def _put(self, zone: dns.zone.Zone, owner: Name, records: list[dns.rdata.Rdata], key: Key) -> None:
        rrset = dns.rrset.from_rdata_list(owner, 60, records)
        node = zone.find_node(owner, create=True)
        node.replace_rdataset(rrset.to_rdataset())
        assert zone.origin is not None
        now = int(time.time())
        signature = dns.dnssec.sign(
            rrset, key.private, zone.origin, key.public, inception=now - 60, expiration=now + DAY
        )
        node.replace_rdataset(dns.rdataset.from_rdata(60, signature))

    def anchors(self, zone: str = ".") -> TrustAnchors:
        name = dns.name.from_text(zone)
        return TrustAnchors.from_text([f"{zone} {self.keys[name].ds(name)}"])

    def answer(self, asked: Asked) -> dns.message.Message:
        """A handler for DnsServer. Proofs consist of all NSEC or NSEC3 records of the zone."""
        question = asked.message.question[0]
        reply = asked.reply()
        self._fill(reply, question.name, question.rdtype, 8)
        return reply

    def _fill(self, reply: dns.message.Message, name: Name, rdtype: int, hops: int) -> None:
        name = name.canonicalize()
        zone = self._zone(name, rdtype)
        assert zone.origin is not None
        node, owner = zone.nodes.get(name), name
        exists = any(other.is_subdomain(name) for other in zone.nodes)
        if node is None and not exists:
            encloser = name.parent()
            while not any(other.is_subdomain(encloser) for other in zone.nodes):
                encloser = encloser.parent()
            dname = zone.get_rdataset(encloser, "DNAME")
            if dname is not None and hops:
                self._section(reply.answer, zone.nodes[encloser], encloser, dns.rdatatype.DNAME)
                target = name.relativize(encloser).derelativize(dname[0].target)
                reply.answer.append(dns.rrset.from_text(name, 60, "IN", "CNAME", target.to_text()))
                self._fill(reply, target, rdtype, hops - 1)
                return
            owner = dns.name.Name((b"*", *encloser.labels))
            node = zone.nodes.get(owner)
            if node is not None:
                self._proofs(reply, zone)
        for kind in (rdtype, dns.rdatatype.CNAME):
            if node is not None and self._section(reply.answer, node, name, kind):
                if kind != rdtype and hops:
                    self._fill(reply, reply.answer[-2][0].target, rdtype, hops - 1)
                return
        if node is None and not exists:
            reply.set_rcode(dns.rcode.NXDOMAIN)
        self._section(reply.authority, zone.nodes[zone.origin], zone.origin, dns.rdatatype.SOA)
        self._proofs(reply, zone)

    def _zone(self, name: Name, rdtype: int) -> dns.zone.Zone:
        start = name.parent() if rdtype == dns.rdatatype.DS and len(name.labels) > 1 else name
        while start not in self.zones:
            start = start.parent()
        return self.zones[start]

    def _proofs(self, reply: dns.message.Message, zone: dns.zone.Zone) -> None:
        for name, node in zone.nodes.items():
            for kind in (dns.rdatatype.NSEC, dns.rdatatype.NSEC3):
                self._section(reply.authority, node, name, kind)

    def _section(self, section: list[dns.rrset.RRset], node: dns.node.Node, name: Name, rdtype: int) -> bool:
        """Add the records and signatures under ``name`` (for a wildcard, the queried name)."""
        found = False
        for rdataset in node.rdatasets:
            if rdataset.rdtype == rdtype:
                section.append(dns.rrset.from_rdata_list(name, rdataset.ttl, list(rdataset)))
                found = True
        for rdataset in node.rdatasets if found else ():
            if rdataset.covers == rdtype:
                section.append(dns.rrset.from_rdata_list(name, rdataset.ttl, list(rdataset)))
                section[-1].covers = rdataset.covers
        return found


RECORDS = """
@ 300 MX 10 mx
@ 300 TXT "v=spf1 mx -all"
mx 300 A 192.0.2.1
_dmarc 300 TXT "v=DMARC1; p=reject"
"""


@cache
def three_zones() -> World:
    """Zones below test: acme (signed), expired (with expired signatures), plain (unsigned)."""
    made = World()
    good = made.add("acme.test.", RECORDS)
    expired = made.add("expired.test.", RECORDS, since=-3 * DAY, until=-DAY)
    made.add("plain.test.", RECORDS, sign=False)
    cuts = "".join(f"{name} 300 NS ns.{name}\n" for name in ("acme", "expired", "plain"))
    ds = made.add("test.", f"{cuts}acme 300 DS {good}\nexpired 300 DS {expired}\n")
    made.add(".", f"test. 300 NS ns.test.\ntest. 300 DS {ds}\n")
    return made
