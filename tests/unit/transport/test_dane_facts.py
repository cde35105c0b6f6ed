"""TLSA lookups in each DNSSEC state, and records matched with real certificates."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from mailproof.dns import Answer, Resolver
from mailproof.facts.dane import collect_dane
from mailproof.facts.dane_match import match
from mailproof.model import DaneHostFacts, Outcome, Secure, Status
from mailproof.records.tlsa import parse_tlsa
from mailproof.structs import replace
from tests.support.engine import audit_async
from tests.support.mx_server import MxHost, mail_hosts
from tests.support.resolvers import FailingResolver, zone
from tests.support.tls import Authority, Certificate

HOST = "mx1.acme.example"
NOW = datetime.now(UTC)
SOME = "3 1 1 " + "ab" * 32


class SecureResolver:
    """Gives answers a DNSSEC state: by name and type, or one for all."""

    def __init__(self, inner: Resolver, state: Secure = "yes", **others: Secure) -> None:
        self.inner, self.state, self.others = inner, state, others

    async def query(self, name: str, rrtype: str) -> Answer:
        answer = await self.inner.query(name, rrtype)
        if answer.undetermined:
            return answer
        return replace(answer, secure=self.others.get(rrtype.upper(), self.state))


def world(*records: str, extra: str = "") -> str:
    lines = "".join(f"_25._tcp.mx1 IN TLSA {record}\n" for record in records)
    return f"$ORIGIN acme.example.\n@ IN MX 10 mx1\nmx1 IN A 192.0.2.1\n{lines}{extra}"


async def host_of(resolver: Resolver) -> DaneHostFacts:
    (host,) = (await collect_dane("acme.example", resolver)).hosts
    return host


@pytest.mark.parametrize(
    ("address", "tlsa", "state"),
    [
        ("yes", "yes", "untested"),
        ("yes", "no", "insecure"),
        ("no", "yes", "insecure"),
        ("no", "no", "insecure"),
        ("unknown", "unknown", "unknown"),
        ("yes", "unknown", "unknown"),
    ],
)
async def test_only_dnssec_puts_records_in_force(address: Secure, tlsa: Secure, state: str) -> None:
    resolver = SecureResolver(zone(world(SOME)), "yes", A=address, AAAA=address, TLSA=tlsa)
    assert (await host_of(resolver)).state == state


@pytest.mark.parametrize("status", ["servfail", "timeout", "refused", "bogus"])
async def test_a_failed_look_up_is_not_an_absent_record(status: Status) -> None:
    failing = FailingResolver(zone(world()), {(f"_25._tcp.{HOST}", "TLSA"): status})
    assert (await host_of(SecureResolver(failing))).state == "failed"
    assert (await host_of(SecureResolver(zone(world())))).state == "absent"


async def outcomes(resolver: Resolver) -> dict[str, Outcome]:
    report = await audit_async("acme.example", resolver)
    return {outcome.check: outcome for outcome in report.outcomes if outcome.check.startswith("DANE")}


@pytest.mark.parametrize(
    ("failure", "address", "expected"),
    [
        ("servfail", "yes", "fail"),
        ("bogus", "yes", "fail"),
        ("refused", "yes", "unknown"),
        ("timeout", "yes", "unknown"),
        ("servfail", "unknown", "unknown"),
        ("servfail", "no", "pass"),
    ],
)
async def test_a_failed_look_up_breaks_delivery_where_the_zone_is_signed(
    failure: Status, address: Secure, expected: str
) -> None:
    failing = FailingResolver(zone(world()), {(f"_25._tcp.{HOST}", "TLSA"): failure})
    found = await outcomes(SecureResolver(failing, address))
    assert found["DANE002"].status == expected


async def test_without_mx_nothing_is_known_and_without_tlsa_there_is_nothing_to_judge() -> None:
    failing = FailingResolver(zone(world()), {("acme.example", "MX"): "servfail"})
    assert {o.status for o in (await outcomes(failing)).values()} == {"unknown"}
    found = await outcomes(SecureResolver(zone(world())))
    assert {rule for rule, o in found.items() if o.status != "skipped"} == {"DANE002", "DANE013"}


@pytest.mark.parametrize(("text", "status"), [(SOME, "warn"), ("v=spf1 -all", "pass"), ("3 1 1 00", "pass")])
async def test_tlsa_data_in_a_txt_record(text: str, status: str) -> None:
    """RFC 7672 section 2.2: senders query the type TLSA."""
    found = await outcomes(SecureResolver(zone(world() + f'\n_25._tcp.mx1 IN TXT "{text}"\n')))
    assert found["DANE013"].status == status


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("_25.tcp.mx1", "warn"),
        ("_tcp._25.mx1", "warn"),
        ("_25._tcp.mx1.acme.example", "warn"),
        ("_25._tcp.smarthost", "pass"),
    ],
)
async def test_tlsa_records_at_other_names_of_a_zone_at_hand(name: str, status: str) -> None:
    """RFC 6698 section 3: the port, then the protocol, each with its underscore."""
    soa = "@ IN SOA ns1 host 1 7200 3600 1209600 300\n@ IN NS ns1\n"
    text = world().replace("@", f"{soa}@", 1) + f"\n{name} IN TLSA {SOME}\n"
    assert (await outcomes(zone(text)))["DANE013"].status == status


async def test_unsigned_records_are_told_from_records_of_unknown_standing() -> None:
    assert (await outcomes(SecureResolver(zone(world(SOME)), "no")))["DANE001"].status == "warn"
    assert (await outcomes(zone(world(SOME))))["DANE001"].status == "unknown"
    assert (await outcomes(SecureResolver(zone(world(SOME)))))["DANE001"].status == "pass"


ALIAS = (
    "$ORIGIN acme.example.\n@ IN MX 10 mx1\nmx1 IN CNAME real.host.example.\n"
    "real.host.example. IN A 192.0.2.1\n"
)


@pytest.mark.parametrize(
    ("extra", "base", "other"),
    [
        (f"_25._tcp.real.host.example. IN TLSA {SOME}\n", "real.host.example", f"_25._tcp.{HOST}"),
        (f"_25._tcp.mx1 IN TLSA {SOME}\n", HOST, "_25._tcp.real.host.example"),
    ],
)
async def test_an_alias_is_looked_at_under_both_names(extra: str, base: str, other: str) -> None:
    host = await host_of(SecureResolver(zone(ALIAS + extra)))
    assert (host.base, host.tlsa.found, host.state) == (base, True, "untested")
    assert host.other is not None
    assert host.other.name == other
    found = await outcomes(SecureResolver(zone(ALIAS + extra)))
    assert found["DANE009"].status == "warn"


async def test_a_failing_look_up_at_what_an_alias_stands_for_stops_the_search() -> None:
    text = ALIAS + f"_25._tcp.mx1 IN TLSA {SOME}\n"
    failing = FailingResolver(zone(text), {("_25._tcp.real.host.example", "TLSA"): "servfail"})
    assert (await host_of(SecureResolver(failing))).state == "failed"


# Records against certificates.


def chain_of(certificate: Certificate) -> list[x509.Certificate]:
    return x509.load_pem_x509_certificates(certificate.cert.read_bytes())


def data(certificate: x509.Certificate, selector: int, matching: int) -> str:
    held = (
        certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        if selector
        else certificate.public_bytes(Encoding.DER)
    )
    digest: Callable[[bytes], str] = {
        0: lambda raw: raw.hex(),
        1: lambda raw: hashlib.sha256(raw).hexdigest(),
        2: lambda raw: hashlib.sha512(raw).hexdigest(),
    }[matching]
    return digest(held)


def matched(
    text: str, chain: list[x509.Certificate], host: str = HOST, now: datetime = NOW
) -> tuple[bool, tuple[str, ...]]:
    ders = [certificate.public_bytes(Encoding.DER) for certificate in chain]
    found = match("192.0.2.1", (parse_tlsa(text),), ders, (host,), now)
    return found.records == (0,), found.reasons


@pytest.mark.parametrize("selector", [0, 1])
@pytest.mark.parametrize("matching", [0, 1, 2])
def test_every_form_of_a_record_matches(authority: Authority, selector: int, matching: int) -> None:
    leaf, root = chain_of(authority.issue(HOST))
    assert matched(f"3 {selector} {matching} {data(leaf, selector, matching)}", [leaf, root]) == (True, ())
    assert matched(f"2 {selector} {matching} {data(root, selector, matching)}", [leaf, root]) == (True, ())
    assert matched(f"3 {selector} {matching} {data(root, selector, matching)}", [leaf])[0] is False


def test_dane_ee_asks_for_neither_name_nor_date(authority: Authority) -> None:
    leaf, root = chain_of(authority.issue("other.example", days=-5))
    assert matched(f"3 1 1 {data(leaf, 1, 1)}", [leaf, root])[0]


def test_dane_ta_asks_for_both(authority: Authority) -> None:
    leaf, root = chain_of(authority.issue("other.example"))
    ok, reasons = matched(f"2 0 1 {data(root, 0, 1)}", [leaf, root])
    assert not ok
    assert "not for mx1.acme.example" in reasons[0]
    leaf, root = chain_of(authority.issue(HOST))
    late = NOW + timedelta(days=300)
    ok, reasons = matched(f"2 0 1 {data(root, 0, 1)}", [leaf, root], now=late)
    assert not ok
    assert "expired or is not yet valid" in reasons[0]


def test_dane_ta_wants_the_authority_to_have_signed(authority: Authority, tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    stranger = Authority(tmp_path / "b", "stranger")
    leaf, _ = chain_of(authority.issue(HOST))
    _, foreign = chain_of(stranger.issue(HOST))
    ok, reasons = matched(f"2 0 1 {data(foreign, 0, 1)}", [leaf, foreign])
    assert not ok
    assert "did not sign" in reasons[0]


def test_an_authority_that_the_host_does_not_send_does_not_match_by_digest(authority: Authority) -> None:
    leaf, root = chain_of(authority.issue(HOST))
    assert matched(f"2 0 1 {data(root, 0, 1)}", [leaf]) == (False, ())
    assert matched(f"2 0 0 {data(root, 0, 0)}", [leaf]) == (True, ())  # here the record contains it in full


def test_the_usual_mix_ups_are_named(authority: Authority) -> None:
    leaf, root = chain_of(authority.issue(HOST))
    assert "usage 2 is for those" in matched(f"3 1 1 {data(root, 1, 1)}", [leaf, root])[1][0]
    assert "usage 3 is for those" in matched(f"2 1 1 {data(leaf, 1, 1)}", [leaf, root])[1][0]


def test_rubbish_for_a_certificate_matches_nothing() -> None:
    found = match("192.0.2.1", (parse_tlsa(SOME),), (b"\x30\x03rubbish",), (HOST,), NOW)
    assert found.records == ()
    assert found.reasons


async def audit_of(host: MxHost, resolver: Resolver, authority: Authority) -> dict[str, Outcome]:
    async with mail_hosts({"192.0.2.1": host}) as options:
        options = replace(options, ca_file=authority.ca_file)
        report = await audit_async("acme.example", resolver, transport=options, connect=True)
    return {outcome.check: outcome for outcome in report.outcomes}


async def test_the_whole_way_from_the_record_to_the_handshake(authority: Authority) -> None:
    issued = authority.issue(HOST)
    leaf = chain_of(issued)[0]
    host = MxHost(tls=issued.context())
    good = await audit_of(host, SecureResolver(zone(world(f"3 1 1 {data(leaf, 1, 1)}"))), authority)
    assert {o.status for rule, o in good.items() if rule.startswith("DANE")} == {"pass"}
    both = world(f"3 1 1 {data(leaf, 1, 1)}", SOME)
    assert len((await audit_of(host, SecureResolver(zone(both)), authority))["DANE007"].findings) == 1
    bad = await audit_of(host, SecureResolver(zone(world(SOME))), authority)
    (finding,) = bad["DANE006"].findings
    assert bad["DANE006"].status == "fail"
    assert finding.fix is not None
    assert [record.value for record in finding.fix.records] == [f"3 1 1 {data(leaf, 1, 1)}"]
    unsigned = await audit_of(host, SecureResolver(zone(world(SOME)), "no"), authority)
    assert unsigned["DANE006"].status == "pass"


async def test_dane_ee_makes_the_certificates_other_faults_notes(authority: Authority) -> None:
    issued = authority.issue("other.example", self_signed=True, days=-1)
    leaf = chain_of(issued)[0]
    resolver = SecureResolver(zone(world(f"3 1 1 {data(leaf, 1, 1)}")))
    found = await audit_of(MxHost(tls=issued.context()), resolver, authority)
    for rule in ("TLS011", "TLS012", "TLS014"):
        assert [f.severity for f in found[rule].findings] == ["info"], rule
    plain = await audit_of(MxHost(tls=issued.context()), zone(world()), authority)
    for rule in ("TLS011", "TLS012", "TLS014"):
        assert [f.severity for f in plain[rule].findings] == ["warning"], rule


async def test_tlsa_without_starttls_stops_mail(authority: Authority) -> None:
    found = await audit_of(MxHost(), SecureResolver(zone(world(SOME))), authority)
    assert found["DANE008"].status == "fail"
    assert found["TLS006"].status == "warn"


async def test_a_host_that_is_down_leaves_the_match_unknown(authority: Authority) -> None:
    found = await audit_of(MxHost(hang_up=True), SecureResolver(zone(world(SOME))), authority)
    assert found["DANE006"].status == "unknown"
    assert found["DANE008"].status == "unknown"
