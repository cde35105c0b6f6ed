"""Strict verification of a chain, compared with OpenSSL's own on each case."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID

from mailproof.mail.tls import TlsSettings, facts_of, strict_faults
from mailproof.mail.tls_strict import MAX_FAULTS, faults_of
from mailproof.tls_context import client_context
from tests.support.mark import der
from tests.support.tls import (
    Authority,
    Extensions,
    alternatives,
    certificate,
    common_name,
    handshake,
    identifiers,
    pem_of,
    usage,
)

HOST = "mx.acme.example"
EMPTY = x509.Name([])
KEYS = [ec.generate_private_key(ec.SECP256R1()) for _ in range(3)]
LEAF, MIDDLE, ROOT = range(3)
NAMES = [common_name(HOST), common_name("intermediate"), common_name("root")]
SERVES: Extensions = [
    (alternatives([HOST]), False),
    (x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), False),
    (x509.BasicConstraints(False, None), True),
    (usage(signs=False), True),
    *identifiers(KEYS[LEAF], KEYS[MIDDLE]),
]
SIGNS: Extensions = [(x509.BasicConstraints(True, 3), True), (usage(signs=True), True)]
USUAL: list[Extensions] = [
    SERVES,
    [*SIGNS, *identifiers(KEYS[MIDDLE], KEYS[ROOT])],
    [*SIGNS, *identifiers(KEYS[ROOT])],
]
#: For handshakes, and for certificates.
BOTH = x509.KeyUsage(True, False, False, False, False, True, False, False, False)
Change = Callable[[Extensions], Extensions]


def without(kind: type[x509.ExtensionType]) -> Change:
    return lambda extensions: [each for each in extensions if not isinstance(each[0], kind)]


def put(value: x509.ExtensionType, critical: bool = False) -> Change:
    return lambda extensions: [*without(type(value))(extensions), (value, critical)]


def turned(kind: type[x509.ExtensionType]) -> Change:
    """Invert whether the extension is critical."""
    return lambda extensions: [
        (value, critical is not isinstance(value, kind)) for value, critical in extensions
    ]


#: Name, index of the certificate, the change, and the resulting errors in strict mode.
CASES: list[tuple[str, int, Change, set[str]]] = [
    ("as it should be", LEAF, lambda extensions: extensions, set()),
    ("no AKI", LEAF, without(x509.AuthorityKeyIdentifier), {"authority-key-identifier-missing"}),
    ("no AKI above", MIDDLE, without(x509.AuthorityKeyIdentifier), {"authority-key-identifier-missing"}),
    (
        "AKI without key",
        LEAF,
        put(x509.AuthorityKeyIdentifier(None, None, None)),
        {"authority-key-identifier-missing"},
    ),
    ("no SKI in the leaf", LEAF, without(x509.SubjectKeyIdentifier), set()),
    ("no SKI above", MIDDLE, without(x509.SubjectKeyIdentifier), {"subject-key-identifier-missing"}),
    ("no SKI in the root", ROOT, without(x509.SubjectKeyIdentifier), {"subject-key-identifier-missing"}),
    ("no key usage in the leaf", LEAF, without(x509.KeyUsage), set()),
    ("no key usage above", MIDDLE, without(x509.KeyUsage), {"key-usage-missing"}),
    ("no key usage in the root", ROOT, without(x509.KeyUsage), {"key-usage-missing"}),
    ("key usage not critical", ROOT, turned(x509.KeyUsage), set()),
    ("the leaf's key signs", LEAF, put(BOTH, True), {"key-usage-of-an-authority"}),
    ("no constraints in the leaf", LEAF, without(x509.BasicConstraints), set()),
    ("no constraints in the root", ROOT, without(x509.BasicConstraints), {"not-marked-as-authority"}),
    ("constraints not critical", MIDDLE, turned(x509.BasicConstraints), {"basic-constraints-not-critical"}),
    ("the leaf's not critical", LEAF, turned(x509.BasicConstraints), set()),
    (
        "the leaf signs unmarked",
        LEAF,
        lambda extensions: put(BOTH)(without(x509.BasicConstraints)(extensions)),
        {"not-marked-as-authority"},
    ),
    ("the leaf is an authority", LEAF, put(x509.BasicConstraints(True, None), True), set()),
    ("names critical", LEAF, turned(x509.SubjectAlternativeName), set()),
]


def served(folder: Path, extensions: list[Extensions], names: list[x509.Name]) -> ssl.SSLContext:
    """A server with a chain of leaf and intermediate; its root is in ``root.pem``."""
    issuers = [*range(1, len(KEYS)), len(KEYS) - 1]
    made = [
        certificate(names[i], KEYS[i], names[by], KEYS[by], extensions[i]) for i, by in enumerate(issuers)
    ]
    pem = [each.public_bytes(serialization.Encoding.PEM) for each in made]
    (folder / "root.pem").write_bytes(pem[ROOT])
    (folder / "server.pem").write_bytes(pem_of(KEYS[LEAF]) + pem[LEAF] + pem[MIDDLE])
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "server.pem")
    return context


def openssl_refuses(server: ssl.SSLContext, ca_file: Path) -> bool:
    client = client_context(ca_file)
    client.verify_flags |= ssl.VERIFY_X509_STRICT
    try:
        handshake(server, client, HOST)
    except ssl.SSLCertVerificationError:
        return True
    return False


def found(server: ssl.SSLContext, ca_file: Path) -> set[str]:
    """The error codes of a chain that passes in non-strict mode."""
    here, _ = handshake(server, client_context(ca_file), HOST)
    faults = strict_faults(here)
    assert faults is not None
    return {fault.code for fault in faults}


#: OpenSSL 4 requires less (nothing on critical extensions); Python 3.11 to 3.14 come with OpenSSL 3.
with_openssl_3 = pytest.mark.skipif(
    ssl.OPENSSL_VERSION_INFO[0] != 3, reason="OpenSSL's strict rules are compared for OpenSSL 3"
)


def changed(which: int, change: Change) -> list[Extensions]:
    extensions = list(USUAL)
    extensions[which] = change(extensions[which])
    return extensions


@pytest.mark.parametrize(("name", "which", "change", "codes"), CASES, ids=[case[0] for case in CASES])
def test_one_extension(tmp_path: Path, name: str, which: int, change: Change, codes: set[str]) -> None:
    server = served(tmp_path, changed(which, change), NAMES)
    assert found(server, tmp_path / "root.pem") == codes


@with_openssl_3
@pytest.mark.parametrize(("name", "which", "change", "codes"), CASES, ids=[case[0] for case in CASES])
def test_openssl_thinks_so_too(
    tmp_path: Path, name: str, which: int, change: Change, codes: set[str]
) -> None:
    server = served(tmp_path, changed(which, change), NAMES)
    assert openssl_refuses(server, tmp_path / "root.pem") == bool(codes)


@with_openssl_3
@pytest.mark.parametrize(
    ("which", "names", "codes"),
    [
        (LEAF, (alternatives([HOST]), False), {"names-not-critical"}),
        (LEAF, (alternatives([HOST]), True), set()),
        (MIDDLE, (alternatives(["ca.example"]), True), {"subject-empty", "issuer-empty"}),
        (ROOT, (x509.SubjectAlternativeName([]), True), {"subject-empty", "issuer-empty", "names-empty"}),
    ],
)
def test_without_a_subject(
    tmp_path: Path, which: int, names: tuple[x509.ExtensionType, bool], codes: set[str]
) -> None:
    subjects = [EMPTY if i == which else name for i, name in enumerate(NAMES)]
    server = served(tmp_path, changed(which, put(*names)), subjects)
    assert found(server, tmp_path / "root.pem") == codes
    assert openssl_refuses(server, tmp_path / "root.pem") == bool(codes)


def in_version_1(path: Path, key: ec.EllipticCurvePrivateKey) -> None:
    """Rewrite the certificate without its version."""
    body = x509.load_pem_x509_certificate(path.read_bytes()).tbs_certificate_bytes
    header = {0x81: 3, 0x82: 4}[body[1]]
    tbs = der(0x30, body[header:].removeprefix(bytes.fromhex("a003020102")))
    with_sha256 = bytes.fromhex("300a06082a8648ce3d040302")
    signature = key.sign(tbs, ec.ECDSA(hashes.SHA256()))
    made = der(0x30, tbs + with_sha256 + der(0x03, b"\0" + signature))
    path.write_text(ssl.DER_cert_to_PEM_cert(made))


@with_openssl_3
@pytest.mark.parametrize(
    ("extensions", "code"), [([], "not-marked-as-authority"), (USUAL[ROOT], "old-version")]
)
def test_a_root_of_version_1(tmp_path: Path, extensions: Extensions, code: str) -> None:
    server = served(tmp_path, changed(ROOT, lambda _: extensions), NAMES)
    in_version_1(tmp_path / "root.pem", KEYS[ROOT])
    assert found(server, tmp_path / "root.pem") == {code}
    assert openssl_refuses(server, tmp_path / "root.pem")


def test_a_self_signed_leaf_that_is_trusted(tmp_path: Path) -> None:
    """RFC 5280 does not apply to it (RFC 6818 section 2)."""
    shown = Authority(tmp_path, careless=True).issue(HOST, self_signed=True)
    assert found(shown.context(), shown.cert) == set()
    assert not openssl_refuses(shown.context(), shown.cert)


def test_what_cannot_be_read_is_not_fine(tmp_path: Path) -> None:
    assert faults_of(()) is None
    assert faults_of((b"\x30\x03\x02\x01\x05",)) is None
    # A path length without an authority: OpenSSL reads it, cryptography does not.
    oid = x509.ObjectIdentifier("2.5.29.19")
    odd = x509.UnrecognizedExtension(oid, bytes.fromhex("3003020100"))
    extensions = changed(LEAF, lambda usual: [*without(x509.BasicConstraints)(usual), (odd, True)])
    server = served(tmp_path, extensions, NAMES)
    here, _ = handshake(server, client_context(tmp_path / "root.pem"), HOST)
    assert strict_faults(here) is None


def test_the_words_and_what_is_not_verified(tmp_path: Path) -> None:
    authority = Authority(tmp_path, "careless\u202e CA", careless=True)
    server = authority.issue(HOST).context()
    here, _ = handshake(server, client_context(authority.ca_file), HOST)
    verified = facts_of(here, TlsSettings(HOST), datetime.now(UTC))
    assert [fault.describe() for fault in verified.strict_faults or ()] == [
        f"CN={HOST}: it has no authority key identifier",
        "root CN=careless CA: it is a CA certificate without a key usage",
        "root CN=careless CA: it is a CA certificate without a subject key identifier",
    ]
    unseen = facts_of(here, TlsSettings(HOST, verify=False), datetime.now(UTC))
    assert unseen.strict_faults is None


def test_bounded(tmp_path: Path) -> None:
    authority = Authority(tmp_path, careless=True)
    pem = authority.issue(HOST).cert.read_bytes()
    chain = [each.public_bytes(serialization.Encoding.DER) for each in x509.load_pem_x509_certificates(pem)]
    faults = faults_of([chain[0], *chain[1:] * 30])
    assert faults is not None
    assert len(faults) == MAX_FAULTS
