"""`mailproof audit` connecting to the laboratory's mail hosts: real Postfix, real certificates."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.lab import world
from tests.lab.lab import Lab
from tests.lab.probing import Probed, command


def connections(report: Probed) -> list[dict[str, Any]]:
    found = report.report["facts"]["dns"]["transport"]
    assert found["connected"]
    return list(found["connections"])


def found(report: Probed) -> set[str]:
    return {f["rule"] for f in report.findings if f["rule"].startswith(("TLS0", "DANE"))}


def test_a_healthy_mail_host(lab: Lab) -> None:
    report = command(lab, "audit", "inbox.test")
    (seen,) = connections(report)
    assert (seen["state"], seen["code"], seen["ehlo_name"]) == ("answered", 220, world.MX_INBOX.name)
    assert seen["tls"]["verified"] is True
    assert seen["tls"]["version"] == "TLSv1.3"
    assert seen["names_match"] is True
    offered = {version["version"]: version["offered"] for version in seen["versions"]}
    assert offered["TLSv1.2"] is True
    assert seen["relay"] == "refused"
    assert found(report) <= {"TLS008"}


@pytest.mark.parametrize(
    ("domain", "rules"),
    [("expired.test", {"TLS012"}), ("wrongname.test", {"TLS011"}), ("notls.test", {"TLS006"})],
)
def test_what_is_wrong_with_a_mail_host_is_found(lab: Lab, domain: str, rules: set[str]) -> None:
    # All hosts are one Postfix with a single name, which does not match each host: TLS005 reports this.
    assert found(command(lab, "audit", domain)) - {"TLS005", "TLS008"} == rules


def test_no_connect_asks_the_dns_alone(lab: Lab) -> None:
    report = command(lab, "audit", "expired.test", "--no-connect")
    assert report.report["facts"]["dns"]["transport"]["connected"] is False
    outcomes = [o for o in report.report["outcomes"] if o["check"].startswith("TLS0")]
    assert {o["status"] for o in outcomes} == {"skipped"}


def test_the_state_of_dnssec_is_known_where_tlsa_is_looked_for(lab: Lab) -> None:
    dane = command(lab, "audit", "inbox.test", "--no-connect").report["facts"]["dns"]["dane"]
    (host,) = dane["hosts"]
    assert dane["mx_secure"] == "yes"
    assert (host["address_secure"], host["tlsa"]["status"], host["state"]) == ("yes", "nxdomain", "absent")


def zone_with_tlsa(lab: Lab, digest: str) -> str:
    path = f"/run/lab/tlsa-{digest[:8]}.zone"
    lab.path(path).write_text(
        "$ORIGIN _tcp.mx.inbox.test.\n@ 300 IN SOA ns1.infra.test. hostmaster.infra.test. 1 2 3 4 5\n"
        f"_25 300 IN TLSA 3 1 1 {digest}\n"
    )
    return path


def test_tlsa_records_against_the_certificate_that_postfix_shows(lab: Lab) -> None:
    """The records are an overlay on the live DNS, not published, so they are not validated by DNSSEC."""
    (pem,) = lab.path("/run/lab").rglob("mx.inbox.test.good.pem")
    key = x509.load_pem_x509_certificate(pem.read_bytes()).public_key()
    spki = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    right, wrong = hashlib.sha256(spki).hexdigest(), "0f" * 32
    good = command(lab, "audit", "inbox.test", "--zone", zone_with_tlsa(lab, right))
    (host,) = good.report["facts"]["dns"]["dane"]["hosts"]
    assert host["state"] == "unknown"
    assert host["matches"] == [{"address": world.MX_INBOX.ip, "records": [0], "reasons": []}]
    assert "DANE006" not in good.rules
    bad = command(lab, "audit", "inbox.test", "--zone", zone_with_tlsa(lab, wrong))
    (finding,) = (f for f in bad.findings if f["rule"] == "DANE006")
    assert finding["severity"] == "warning"
    assert [record["value"] for record in finding["fix"]["records"]] == [f"3 1 1 {right}"]
