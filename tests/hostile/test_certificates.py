"""Certificates whose names and numbers are not as they should be: no warning of a library reaches anyone."""

from __future__ import annotations

import hashlib
import warnings
from datetime import UTC, datetime

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from mailproof.facts.bimi_evidence import read_evidence
from mailproof.facts.dane_match import match
from mailproof.mail.tls import certificate_facts
from mailproof.mail.tls_strict import faults_of
from mailproof.model import FetchFacts
from mailproof.records.tlsa import parse_tlsa
from tests.support.tls import alternatives, certificate

NOW = datetime.now(UTC)
LONG = "x" * 40_000


@pytest.fixture(scope="module")
def odd() -> x509.Certificate:
    """Too long a common name (RFC 5280: 64 characters) and alternative name, and a negative serial number."""
    with warnings.catch_warnings(action="ignore"):
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, LONG, _validate=False)])
        key = ec.generate_private_key(ec.SECP256R1())
        extensions = [(alternatives([LONG, "mx.acme.example"]), False)]
        made = certificate(name, key, name, key, extensions).public_bytes(Encoding.DER)
        at = made.index(b"\xa0\x03\x02\x01\x02\x02") + 7  # the first octet of the serial number
        return x509.load_der_x509_certificate(made[:at] + b"\x80" + made[at + 1 :])


@pytest.mark.filterwarnings("error")
def test_warnings_of_the_library_are_not_passed_on(odd: x509.Certificate) -> None:
    der = odd.public_bytes(Encoding.DER)
    facts = certificate_facts(der, NOW)
    assert facts is not None
    assert facts.subject.startswith("CN=xxx")
    assert max(map(len, (facts.subject, facts.issuer, *facts.names))) <= 300
    assert facts.names[-1] == "mx.acme.example"
    assert faults_of([der, der])
    assert not match("192.0.2.1", (parse_tlsa(f"2 0 1 {'0' * 64}"),), (der, der), (LONG,), NOW).records
    pem = odd.public_bytes(Encoding.PEM)
    assert read_evidence(FetchFacts("https://acme.example/vmc.pem", "ok", 200), pem * 2, NOW).chain


def test_a_name_that_the_library_refuses_costs_no_audit() -> None:
    name, key = (
        x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "CA")]),
        ec.generate_private_key(ec.SECP256R1()),
    )
    x400 = x509.UnrecognizedExtension(x509.ObjectIdentifier("2.5.29.17"), bytes.fromhex("3005a303020101"))
    ders = [
        certificate(name, key, name, key, extensions).public_bytes(Encoding.DER)
        for extensions in ([(x400, False)], [])
    ]
    record = parse_tlsa(f"2 0 1 {hashlib.sha256(ders[1]).hexdigest()}")
    found = match("192.0.2.1", (record,), ders, ("mx.acme.example",), NOW)
    assert found.reasons == ("2 0 1: the certificate is not for mx.acme.example, which usage 2 requires",)
