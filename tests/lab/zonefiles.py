"""Write the zones (root, TLD, leaves, reverse) and sign them with BIND's own tools, leaves first."""

from __future__ import annotations

import datetime as dt
import hashlib
import subprocess
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.lab import world
from tests.lab.dkimkeys import KeyPair
from tests.lab.kinds import Address, Security, Tlsa, Zone
from tests.lab.pki import Pki

_LEAVES = (*(server.name for server in world.LEAF_SERVERS), world.NS_SIX.name)
_HEAD = "$TTL 300\n@ SOA ns1.infra.test. hostmaster.infra.test. 2026010101 3600 600 86400 60\n"


@dataclass(frozen=True, slots=True)
class ZoneFile:
    """A zone file; `origin` has its final dot; `second` is the second server's file."""

    origin: str
    path: Path
    second: Path | None = None


@dataclass(frozen=True, slots=True)
class ZoneSet:
    """All zone files by their server, and the root's trust anchor (DS)."""

    root: ZoneFile
    tld: ZoneFile
    leaves: tuple[ZoneFile, ...]
    anchor: Path


def tlsa_records(pki: Pki) -> tuple[tuple[str, str], ...]:
    """Pairs of a zone and its TLSA record, from the certificates that the mail hosts present (RFC 7672)."""
    pairs = []
    for exchanger in world.EXCHANGERS:
        if exchanger.tlsa is Tlsa.NOTHING:
            continue
        certificate, _ = pki.issue(exchanger.address.name, exchanger.certificate)
        key = x509.load_pem_x509_certificate(certificate.read_bytes()).public_key()
        spki = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        digest = hashlib.sha256(spki).hexdigest() if exchanger.tlsa is Tlsa.MATCHING else "0f" * 32
        name = exchanger.address.name
        pairs.append((_zone_of(name), f"_25._tcp.{name}. TLSA 3 1 1 {digest}"))
    return tuple(pairs)


def build(folder: Path, keys: tuple[KeyPair, ...], tlsa: tuple[tuple[str, str], ...] = ()) -> ZoneSet:
    """Write and sign everything below `folder`; `tlsa` as from `tlsa_records`."""
    reverse = (*(Zone(_reverse(network)) for network in world.NETWORKS), Zone(world.REVERSE_SIX))
    served = tuple(zone for zone in world.ZONES + reverse if zone.servers[0] in _LEAVES)
    with ThreadPoolExecutor(2) as pool:
        leaves = tuple(pool.map(lambda zone: _leaf(folder, zone, keys, tlsa), served))
    below = tuple(zone for zone in world.ZONES if zone.name.endswith("test"))
    tld_text = _HEAD + _ns("test.", (world.TLD_SERVER.name,)) + _delegations(folder, below) + _glue("test")
    tld = _sign(folder, "test.", tld_text, Security.SIGNED)
    root_text = (
        _HEAD
        + _ns(".", (world.ROOT_SERVER.name,))
        + _delegations(folder, (Zone("test", servers=(world.TLD_SERVER.name,)), *reverse))
        + _glue("")
    )
    root = _sign(folder, ".", root_text, Security.SIGNED)
    return ZoneSet(root, tld, leaves, folder / "dsset-.")


def _leaf(folder: Path, zone: Zone, keys: tuple[KeyPair, ...], tlsa: tuple[tuple[str, str], ...]) -> ZoneFile:
    lines = [_HEAD + _ns(zone.name + ".", zone.own or zone.servers) + zone.records]
    lines += [pair.zone_line for pair in keys if pair.key.domain == zone.name]
    lines += [record for name, record in tlsa if name == zone.name]
    for address in world.addresses():
        if _zone_of(address.name) == zone.name:
            lines.append(f"{address.name}. {address.record} {address.ip}")
        if address.pointer.endswith("." + zone.name):
            lines.append(f"{address.pointer}. PTR {address.name}.")
    signed = _sign(folder, zone.name + ".", "\n".join(lines) + "\n", zone.security)
    if not zone.second:
        return signed
    if zone.security is not Security.INSECURE:
        raise ValueError(f"{zone.name}: only an unsigned zone can have two faces")
    second = folder / f"{zone.name}.second"
    second.write_text("\n".join((_HEAD + _ns(zone.name + ".", zone.servers) + zone.second, "")))
    return replace(signed, second=second)


def _zone_of(name: str) -> str:
    labels = name.split(".")
    known = {zone.name for zone in world.ZONES}
    return next(n for i in range(len(labels)) if (n := ".".join(labels[i:])) in known)


def _sign(folder: Path, origin: str, text: str, security: Security) -> ZoneFile:
    plain = folder / f"{origin}zone"
    text = f"$ORIGIN {origin}\n{text}"
    plain.write_text(text)
    if security is Security.INSECURE:
        return ZoneFile(origin, plain)
    # One key for both roles (a CSK): half the work, and there are no key rollovers here.
    _run(folder, "dnssec-keygen", "-q", "-a", "ECDSAP256SHA256", "-f", "KSK", origin)
    key = next(folder.glob(f"K{origin}+013+*.key"))
    plain.write_text(text + key.read_text())
    times = ("-s", _stamp(-20), "-e", _stamp(-1)) if security is Security.EXPIRED else ()
    signed = folder / f"{origin}signed"
    _run(
        folder,
        "dnssec-signzone",
        "-q",
        "-z",
        "-P",
        *times,
        "-o",
        origin,
        "-f",
        str(signed),
        str(plain),
        key.name,
    )
    if security is Security.TAMPERED:
        before = signed.read_text()
        after = before.replace("198.51.100.25", "198.51.100.66")
        if after == before:
            raise RuntimeError(f"nothing to tamper with in {origin}")
        signed.write_text(after)
    return ZoneFile(origin, signed)


def _stamp(days: int) -> str:
    return (dt.datetime.now(dt.UTC) + dt.timedelta(days=days)).strftime("%Y%m%d%H%M%S")


def _delegations(folder: Path, zones: tuple[Zone, ...]) -> str:
    text = ""
    for zone in zones:
        text += _ns(zone.name + ".", zone.servers)
        dsset = folder / f"dsset-{zone.name}."
        if dsset.exists():
            text += dsset.read_text()
    return text


def _glue(below: str) -> str:
    servers: tuple[Address, ...] = (world.ROOT_SERVER, world.TLD_SERVER)
    if below:
        servers = (*servers, *world.LEAF_SERVERS, world.LAME_SERVER, world.SILENT_SERVER, world.NS_SIX)
    else:
        servers = (*servers, *world.LEAF_SERVERS)
    return "".join(f"{address.name}. {address.record} {address.ip}\n" for address in servers)


def _ns(owner: str, servers: tuple[str, ...]) -> str:
    return "".join(f"{owner} NS {server}.\n" for server in servers)


def _reverse(network: str) -> str:
    return ".".join(reversed(network.split("/")[0].split(".")[:3])) + ".in-addr.arpa"


def _run(folder: Path, *argv: str) -> None:
    done = subprocess.run(argv, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(argv)}: {done.stdout}{done.stderr}")
