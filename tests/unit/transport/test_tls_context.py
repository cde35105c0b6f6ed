"""Our clients accept the same in every Python version, independently of its defaults."""

from __future__ import annotations

import re
import ssl
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID

import mailproof
from mailproof.tls_context import client_context, set_versions
from tests.support.tls import (
    Authority,
    Extensions,
    Issue,
    Key,
    alternatives,
    certificate,
    common_name,
    handshake,
    pem_of,
)

HOST = "mx.acme.example"


def refusal(server: ssl.SSLContext, client: ssl.SSLContext, name: str = HOST) -> int:
    """OpenSSL's error code; 0 if the certificate is accepted."""
    try:
        handshake(server, client, name)
    except ssl.SSLCertVerificationError as error:
        return error.verify_code
    return 0


def test_everything_is_set_outright() -> None:
    context = client_context()
    assert context.verify_flags == ssl.VERIFY_X509_TRUSTED_FIRST
    assert (context.verify_mode, context.check_hostname) == (ssl.CERT_REQUIRED, True)
    assert context.minimum_version == ssl.TLSVersion.TLSv1_2
    assert context.maximum_version == ssl.TLSVersion.MAXIMUM_SUPPORTED
    assert not context.options & getattr(ssl, "OP_IGNORE_UNEXPECTED_EOF", 0)
    names = {cipher["name"] for cipher in context.get_ciphers()}
    assert {"TLS_AES_128_GCM_SHA256", "ECDHE-RSA-AES256-GCM-SHA384", "AES128-SHA"} <= names
    assert not [name for name in names if re.search("NULL|ADH|AECDH|RC4|DES|MD5|EXP", name)]


@pytest.mark.parametrize("careless", [False, True])
def test_what_senders_take_passes(tmp_path: Path, careless: bool) -> None:
    authority = Authority(tmp_path, careless=careless)
    assert refusal(authority.issue(HOST).context(), client_context(authority.ca_file)) == 0


@pytest.mark.parametrize(
    ("name", "how", "code"),
    [
        (HOST, Issue(days=-3), 10),
        (HOST, Issue(age_days=-3), 9),
        ("other.example", Issue(), 62),
        (HOST, Issue(self_signed=True), 18),
    ],
)
def test_what_senders_refuse_is_refused(tmp_path: Path, name: str, how: Issue, code: int) -> None:
    authority = Authority(tmp_path)
    shown = authority.issue(name, **how)
    assert refusal(shown.context(), client_context(authority.ca_file)) == code
    assert refusal(shown.context(), client_context(authority.ca_file, verify=False)) == 0


def test_a_stranger_and_an_empty_store(tmp_path: Path) -> None:
    shown = Authority(tmp_path).issue(HOST)
    stranger = Authority(tmp_path, "stranger")
    assert refusal(shown.context(), client_context(stranger.ca_file)) == 19  # self-signed in the chain
    assert refusal(shown.context(), client_context()) == 19


def chain_of(tmp_path: Path, leaf: Extensions, bits: int = 0) -> tuple[ssl.SSLContext, Path, Path]:
    """A server whose leaf has these extensions; the root, and the intermediate certificate."""
    root_key, mid_key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    key: Key = rsa.generate_private_key(65537, bits) if bits else ec.generate_private_key(ec.SECP256R1())
    root, mid = common_name("root"), common_name("intermediate")
    signs: Extensions = [(x509.BasicConstraints(True, None), True)]
    made = (
        certificate(common_name(HOST), key, mid, mid_key, leaf),
        certificate(mid, mid_key, root, root_key, signs),
        certificate(root, root_key, root, root_key, signs),
    )
    pem = [each.public_bytes(serialization.Encoding.PEM) for each in made]
    (tmp_path / "root.pem").write_bytes(pem[2])
    (tmp_path / "mid.pem").write_bytes(pem[1])
    (tmp_path / "server.pem").write_bytes(pem_of(key) + pem[0] + pem[1])
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.set_ciphers("ALL:@SECLEVEL=0")
    server.load_cert_chain(tmp_path / "server.pem")
    return server, tmp_path / "root.pem", tmp_path / "mid.pem"


SERVES: Extensions = [
    (alternatives([HOST]), False),
    (x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), False),
]


def test_a_chain_ends_at_a_root(tmp_path: Path) -> None:
    server, root, mid = chain_of(tmp_path, SERVES)
    assert refusal(server, client_context(root)) == 0
    assert refusal(server, client_context(mid)) == 2  # its issuer is missing


def test_a_name_in_the_subject_alone_does_not_count(tmp_path: Path) -> None:
    server, root, _ = chain_of(tmp_path, SERVES[1:])
    assert refusal(server, client_context(root)) == 62


def test_a_weak_key_is_refused_and_looked_at(tmp_path: Path) -> None:
    server, root, _ = chain_of(tmp_path, SERVES, bits=1024)
    assert refusal(server, client_context(root)) == 66
    here, _ = handshake(server, client_context(verify=False, legacy=True), HOST)
    assert here.version() == "TLSv1.3"


@pytest.mark.skipif(not ssl.HAS_TLSv1_1, reason="this OpenSSL was built without TLS 1.1")
def test_old_versions_are_looked_at_only(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    server = authority.issue(HOST).context()
    server.set_ciphers("ALL:@SECLEVEL=0")
    set_versions(server, ssl.TLSVersion.TLSv1_1, ssl.TLSVersion.TLSv1_1)
    with pytest.raises(ssl.SSLError) as refused:
        handshake(server, client_context(authority.ca_file), HOST)
    assert not isinstance(refused.value, ssl.SSLCertVerificationError)
    here, _ = handshake(server, client_context(verify=False, legacy=True), HOST)
    assert here.version() == "TLSv1.1"


def test_a_connection_cut_off_is_no_end(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    to_client, to_server = ssl.MemoryBIO(), ssl.MemoryBIO()
    here = client_context(authority.ca_file).wrap_bio(to_client, to_server, server_hostname=HOST)
    there = authority.issue(HOST).context().wrap_bio(to_server, to_client, server_side=True)
    for side in (here, there, here, there):
        try:
            side.do_handshake()
        except ssl.SSLWantReadError:
            continue
    there.write(b"half of it")
    assert here.read() == b"half of it"
    to_client.write_eof()
    with pytest.raises(ssl.SSLError) as cut:  # ssl.SSLEOFError since Python 3.11.4
        here.read()
    assert not isinstance(cut.value, ssl.SSLWantReadError | ssl.SSLZeroReturnError)


def test_a_file_that_is_none(tmp_path: Path) -> None:
    (tmp_path / "empty.pem").write_bytes(b"")
    for name in ("none.pem", "empty.pem"):
        for verify in (True, False):
            with pytest.raises(OSError):
                client_context(tmp_path / name, verify=verify)


def test_nobody_sets_up_a_client_elsewhere() -> None:
    source = Path(mailproof.__file__).parent
    making = re.compile(r"create_default_context\(|_create_unverified|PROTOCOL_TLS_CLIENT|SSLContext\(\)")
    found = [path.name for path in source.rglob("*.py") if making.search(path.read_text("utf-8"))]
    assert found == ["tls_context.py"]
