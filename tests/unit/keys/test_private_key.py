"""Private keys in the formats of signers; the expected values are from the RFCs and from OpenSSL."""

from __future__ import annotations

import base64

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from mailproof.records.dkim_private import MOST_OCTETS, PrivateKeyError, read_private_key

#: RFC 6376 appendix C and RFC 8463 appendix A.
RFC6376_PRIVATE = b"""-----BEGIN RSA PRIVATE KEY-----
MIICXwIBAAKBgQDwIRP/UC3SBsEmGqZ9ZJW3/DkMoGeLnQg1fWn7/zYtIxN2SnFC
jxOCKG9v3b4jYfcTNh5ijSsq631uBItLa7od+v/RtdC2UzJ1lWT947qR+Rcac2gb
to/NMqJ0fzfVjH4OuKhitdY9tf6mcwGjaNBcWToIMmPSPDdQPNUYckcQ2QIDAQAB
AoGBALmn+XwWk7akvkUlqb+dOxyLB9i5VBVfje89Teolwc9YJT36BGN/l4e0l6QX
/1//6DWUTB3KI6wFcm7TWJcxbS0tcKZX7FsJvUz1SbQnkS54DJck1EZO/BLa5ckJ
gAYIaqlA9C0ZwM6i58lLlPadX/rtHb7pWzeNcZHjKrjM461ZAkEA+itss2nRlmyO
n1/5yDyCluST4dQfO8kAB3toSEVc7DeFeDhnC1mZdjASZNvdHS4gbLIA1hUGEF9m
3hKsGUMMPwJBAPW5v/U+AWTADFCS22t72NUurgzeAbzb1HWMqO4y4+9Hpjk5wvL/
eVYizyuce3/fGke7aRYw/ADKygMJdW8H/OcCQQDz5OQb4j2QDpPZc0Nc4QlbvMsj
7p7otWRO5xRa6SzXqqV3+F0VpqvDmshEBkoCydaYwc2o6WQ5EBmExeV8124XAkEA
qZzGsIxVP+sEVRWZmW6KNFSdVUpk3qzK0Tz/WjQMe5z0UunY9Ax9/4PVhp/j61bf
eAYXunajbBSOLlx4D+TunwJBANkPI5S9iylsbLs6NkaMHV6k5ioHBBmgCak95JGX
GMot/L2x0IYyMLAz6oLWh2hm7zwtb0CgOrPo1ke44hFYnfc=
-----END RSA PRIVATE KEY-----
"""
RFC6376_PUBLIC = (
    "MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDwIRP/UC3SBsEmGqZ9ZJW3/DkMoGeLnQg1fWn7/zYtIxN2SnFCjxOCKG9v3b4jYfcT"
    "Nh5ijSsq631uBItLa7od+v/RtdC2UzJ1lWT947qR+Rcac2gbto/NMqJ0fzfVjH4OuKhitdY9tf6mcwGjaNBcWToIMmPSPDdQPNUYckcQ"
    "2QIDAQAB"
)
RFC8463_SEED = b"nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A="
RFC8463_PUBLIC = "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="


def test_an_rsa_key_in_pkcs1() -> None:
    found = read_private_key(b"# s1, made by hand\n" + RFC6376_PRIVATE)
    assert (found.kind, found.bits, found.public) == ("rsa", 1024, RFC6376_PUBLIC)
    assert found.record == f"v=DKIM1; k=rsa; p={RFC6376_PUBLIC}"


def test_the_same_key_in_der() -> None:
    der = base64.b64decode(b"".join(RFC6376_PRIVATE.splitlines()[1:-1]))
    assert read_private_key(der).public == RFC6376_PUBLIC


@pytest.mark.parametrize("tail", [b"", b"\n"])
def test_an_ed25519_seed(tail: bytes) -> None:
    found = read_private_key(RFC8463_SEED + tail)
    assert (found.kind, found.bits, found.public) == ("ed25519", 256, RFC8463_PUBLIC)


def test_an_ed25519_seed_with_its_public_key() -> None:
    both = base64.b64decode(RFC8463_SEED) + base64.b64decode(RFC8463_PUBLIC)
    assert read_private_key(base64.b64encode(both)).public == RFC8463_PUBLIC
    with pytest.raises(PrivateKeyError, match="second half"):
        read_private_key(base64.b64encode(both[:-1] + b"\x00"))


def test_an_ed25519_key_in_pkcs8() -> None:
    der = bytes.fromhex("302e020100300506032b657004220420") + base64.b64decode(RFC8463_SEED)
    pem = b"-----BEGIN PRIVATE KEY-----\n" + base64.b64encode(der) + b"\n-----END PRIVATE KEY-----\n"
    assert read_private_key(pem).public == RFC8463_PUBLIC


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"", "empty"),
        (b" \n", "empty"),
        (b"hunter2-secret", "not a private key"),
        (RFC6376_PRIVATE[:200], "not a private key, or part of it is missing"),
        (RFC6376_PRIVATE.replace(b"RSA PRIVATE", b"PUBLIC"), "public key"),
        (RFC6376_PRIVATE.replace(b"RSA PRIVATE KEY", b"CERTIFICATE"), "certificate"),
        (RFC6376_PRIVATE.replace(b"RSA PRIVATE", b"ENCRYPTED PRIVATE"), "encrypted"),
        (RFC6376_PRIVATE.replace(b"KEY-----\nMII", b"KEY-----\nProc-Type: 4,ENCRYPTED\nMII", 1), "encrypted"),
        (RFC6376_PRIVATE.replace(b"RSA PRIVATE", b"OPENSSH PRIVATE"), "OpenSSH"),
        (RFC6376_PRIVATE.replace(b"RSA PRIVATE KEY", b"DH PARAMETERS"), "DH PARAMETERS"),
        (b"A" * (MOST_OCTETS + 1), "larger than"),
    ],
)
def test_what_is_none_is_refused_without_quoting_it(raw: bytes, words: str) -> None:
    with pytest.raises(PrivateKeyError, match=words) as caught:
        read_private_key(raw)
    assert "hunter2" not in str(caught.value)
    assert "MIIC" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_a_key_of_another_kind_is_refused() -> None:
    pem = ec.generate_private_key(ec.SECP256R1()).private_bytes(
        Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption()
    )
    with pytest.raises(PrivateKeyError, match="neither an RSA nor an ed25519 key"):
        read_private_key(pem)
