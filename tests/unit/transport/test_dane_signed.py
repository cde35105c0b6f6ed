"""DANE from signed zones to a real handshake: the validating resolver, lookups, matching, the rules."""

from __future__ import annotations

import hashlib

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from mailproof.dns import LiveResolver
from mailproof.model import DaneHostFacts, Outcome
from mailproof.structs import replace
from tests.support.dnssec_world import DAY, World
from tests.support.dnsserver import DnsServer
from tests.support.engine import audit_async
from tests.support.mx_server import MxHost, mail_hosts
from tests.support.tls import Authority, Certificate

NAME = "mx1.acme.example"


def digest(certificate: Certificate) -> str:
    leaf = x509.load_pem_x509_certificates(certificate.cert.read_bytes())[0]
    spki = leaf.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return hashlib.sha256(spki).hexdigest()


async def audit_all(
    authority: Authority,
    certificate: Certificate,
    tlsa: str,
    *,
    sign: bool = True,
    since: float = -3600,
    until: float = DAY,
) -> tuple[tuple[DaneHostFacts, ...], dict[str, Outcome]]:
    """Audit acme.example with this TLSA data, in a zone signed or not, with signatures valid or expired."""
    world = World()
    text = f"@ 300 MX 10 mx1\nmx1 300 A 192.0.2.1\n{tlsa}"
    acme = world.add("acme.example.", text, sign=sign, since=since, until=until)
    delegation = f"acme 300 NS ns.acme.example.\n{f'acme 300 DS {acme}' if acme else ''}\n"
    example = world.add("example.", delegation)
    world.add(".", f"example. 300 NS ns.example.\nexample. 300 DS {example}\n")
    async with (
        DnsServer(world.answer) as server,
        LiveResolver([server.address], validate=True, trust_anchors=world.anchors()) as resolver,
        mail_hosts({"192.0.2.1": MxHost(tls=certificate.context())}) as options,
    ):
        options = replace(options, ca_file=authority.ca_file)
        report = await audit_async("acme.example", resolver, transport=options)
    assert report.facts.dns is not None
    assert report.facts.dns.dane is not None
    outcomes = {o.check: o for o in report.outcomes if o.check.startswith("DANE")}
    return report.facts.dns.dane.hosts, outcomes


async def audit(
    authority: Authority, certificate: Certificate, tlsa: str, *, sign: bool = True
) -> tuple[DaneHostFacts, dict[str, Outcome]]:
    hosts, found = await audit_all(authority, certificate, tlsa, sign=sign)
    return hosts[0], found


async def test_a_signed_record_that_matches(authority: Authority) -> None:
    certificate = authority.issue(NAME)
    host, found = await audit(authority, certificate, f"_25._tcp.mx1 300 TLSA 3 1 1 {digest(certificate)}\n")
    assert (host.state, host.tlsa.secure, host.address_secure) == ("matched", "yes", "yes")
    assert {outcome.status for outcome in found.values()} == {"pass"}


async def test_a_signed_record_of_another_key(authority: Authority) -> None:
    certificate = authority.issue(NAME)
    host, found = await audit(authority, certificate, f"_25._tcp.mx1 300 TLSA 3 1 1 {'0f' * 32}\n")
    assert host.state == "mismatched"
    assert found["DANE006"].status == "fail"
    (finding,) = found["DANE006"].findings
    assert finding.fix is not None
    assert finding.fix.records[0].value == f"3 1 1 {digest(certificate)}"


async def test_the_same_in_a_zone_without_ds_counts_for_nothing(authority: Authority) -> None:
    host, found = await audit(
        authority, authority.issue(NAME), f"_25._tcp.mx1 300 TLSA 3 1 1 {'0f' * 32}\n", sign=False
    )
    assert host.state == "insecure"
    assert found["DANE001"].status == "warn"
    assert found["DANE006"].status == "pass"


async def test_no_record_is_proven_absent(authority: Authority) -> None:
    host, found = await audit(authority, authority.issue(NAME), "")
    assert (host.state, host.tlsa.secure) == ("absent", "yes")
    assert {rule: o.status for rule, o in found.items() if o.status != "skipped"} == {
        "DANE002": "pass",
        "DANE013": "pass",
    }


async def test_signatures_that_ran_out_leave_all_unknown(authority: Authority) -> None:
    tlsa = f"_25._tcp.mx1 300 TLSA 3 1 1 {'0f' * 32}\n"
    hosts, found = await audit_all(authority, authority.issue(NAME), tlsa, since=-2 * DAY, until=-DAY)
    assert hosts == ()  # the MX records are bogus themselves
    assert {outcome.status for outcome in found.values()} == {"unknown"}
