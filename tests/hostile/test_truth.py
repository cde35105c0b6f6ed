"""Records that try to make a report state something false."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from mailproof.dns import SnapshotResolver
from mailproof.errors import SnapshotError
from mailproof.records.der import parse_public_key
from mailproof.records.dkim_key import parse_dkim_key
from mailproof.records.dkim_material import is_small_order
from mailproof.records.tlsa import publishable
from tests.support.engine import audit_async
from tests.support.resolvers import zone

#: The points of order 1, 2, 4 and 8, and the ways to write them that RFC 8032 does not allow.
SMALL = [
    "0100000000000000000000000000000000000000000000000000000000000000",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0000000000000000000000000000000000000000000000000000000000000080",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
    "0100000000000000000000000000000000000000000000000000000000000080",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
]
RFC_8463 = "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="


def text(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


@pytest.mark.parametrize("point", SMALL)
async def test_an_ed25519_key_of_small_order_is_refused_and_found(point: str) -> None:
    raw = bytes.fromhex(point)
    assert is_small_order(raw)
    key = f"v=DKIM1; k=ed25519; p={text(raw)}"
    assert [each.code for each in parse_dkim_key(key).problems if each.fatal] == ["small-order"]
    world = f'$ORIGIN acme.example.\n@ IN A 9.9.9.9\ns1._domainkey IN TXT "{key}"\n'
    report = await audit_async("acme.example", zone(world), selectors=("s1",))
    (finding,) = [each for each in report.findings if each.rule == "DKIM007"]
    assert "anyone" in finding.message
    assert finding.fix is not None
    assert not finding.fix.records


def test_an_honest_ed25519_key_is_none() -> None:
    assert not is_small_order(base64.b64decode(RFC_8463))
    assert parse_dkim_key(f"v=DKIM1; k=ed25519; p={RFC_8463}").problems == ()


RSA = rsa.generate_private_key(65537, 2048).public_key()
SPKI = RSA.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def test_octets_behind_an_rsa_key_are_left_as_opendkim_dkimpy_and_mailauth_do() -> None:
    record = parse_dkim_key(f"v=DKIM1; p={text(SPKI + b'junk')}")
    assert (record.bits, [(each.code, each.fatal) for each in record.problems]) == (
        2048,
        [("trailing-octets", False)],
    )
    found = parse_public_key(SPKI + b"junk")
    assert found is not None
    assert (found.modulus, found.extra) == (RSA.public_numbers().n, 4)


async def test_the_fix_is_the_key_without_them() -> None:
    raw = text(SPKI + b"junk")
    value = f"v=DKIM1; p={raw}"
    world = f'$ORIGIN acme.example.\n@ IN A 9.9.9.9\ns1._domainkey IN TXT "{value[:200]}" "{value[200:]}"\n'
    report = await audit_async("acme.example", zone(world), selectors=("s1",))
    (finding,) = [each for each in report.findings if each.rule == "DKIM007"]
    assert finding.fix is not None
    assert [each.value for each in finding.fix.records if each.action == "publish"] == [
        f"v=DKIM1; p={text(SPKI)}"
    ]


def test_octets_behind_a_bare_rsa_key_are_refused_as_opendkim_and_mailauth_do() -> None:
    bare = RSA.public_bytes(Encoding.DER, PublicFormat.PKCS1)
    assert parse_public_key(bare) is not None
    assert parse_public_key(bare + b"junk") is None


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("elapsed_ms", "NaN"),
        ("elapsed_ms", "Infinity"),
        ("elapsed_ms", "-1"),
        ("elapsed_ms", '"1"'),
        ("elapsed_ms", "true"),
        ("elapsed_ms", "1e999"),
        ("ttl", "-1"),
        ("ttl", "4294967296"),
        ("ttl", "1.5"),
        ("ttl", "NaN"),
        ("ttl", "9" * 5000),
    ],
)
def test_a_recording_with_numbers_that_are_none(field: str, value: str, tmp_path: Path) -> None:
    entry = {
        "name": "acme.example",
        "rrtype": "MX",
        "status": "nodata",
        "records": [],
        "ttl": 0,
        "secure": "no",
        "chain": [],
        "server": "",
        "elapsed_ms": 1,
    }
    document = {"mailproof-snapshot": 1, "recorded": "2026-01-01T00:00:00Z", "dns": [entry | {field: "@"}]}
    file = tmp_path / "recording.json"
    file.write_text(json.dumps(document).replace('"@"', value))
    with pytest.raises(SnapshotError) as raised:
        SnapshotResolver.load(file)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize("rest", ['{"sections": {"x": [NaN]}', '{"sections": {"x": [-Infinity]}'])
def test_no_section_of_a_recording_holds_them_either(rest: str, tmp_path: Path) -> None:
    file = tmp_path / "recording.json"
    file.write_text(rest + ', "mailproof-snapshot": 1, "recorded": "2026-01-01T00:00:00Z"}')
    with pytest.raises(SnapshotError, match="not valid JSON"):
        SnapshotResolver.load(file)


@pytest.mark.parametrize(
    "data", ["3 0 0 30", "3 1 0 3000", "3 1 0 300100", "3 0 0 3082ffff00", "3 1 0 30820004aabbcc", "3 1 1 "]
)
def test_a_tlsa_record_without_contents_is_not_proposed(data: str) -> None:
    assert not publishable(data)


@pytest.mark.parametrize("data", ["1 1 0 30", "1 0 0 3000", r"\# 3 010100", r"\# 4 01010030"])
async def test_no_fix_publishes_a_tlsa_record_without_contents(data: str) -> None:
    world = f"$ORIGIN acme.example.\n@ IN MX 10 mx\nmx IN A 9.9.9.9\n_25._tcp.mx IN TLSA {data}\n"
    report = await audit_async("acme.example", zone(world))
    rules = {each.rule for each in report.findings}
    assert rules & {"DANE003", "DANE004", "DANE005"}
    records = [each for finding in report.findings if finding.fix for each in finding.fix.records]
    assert not [each for each in records if each.rrtype == "TLSA" and each.action == "publish"]


def crowd(last: str, count: int) -> str:
    return "".join(f'{last.split()[0]} IN TXT "noise {number}"\n' for number in range(count)) + last


@pytest.mark.parametrize(
    ("last", "rule"),
    [
        ('_mta-sts IN TXT "v=STSv1; id=1"\n', "STS001"),
        ('_smtp._tls IN TXT "v=TLSRPTv1; rua=mailto:a@acme.example"\n', "TLSRPT001"),
        ('_dmarc IN TXT "v=DMARC1; p=reject"\n', "DMARC001"),
        ('@ IN TXT "v=spf1 -all"\n', "SPF001"),
    ],
)
async def test_a_record_behind_sixty_others_is_there(last: str, rule: str) -> None:
    world = f"$ORIGIN acme.example.\n@ IN MX 10 mx\nmx IN A 9.9.9.9\n{crowd(last, 60)}"
    report = await audit_async("acme.example", zone(world))
    assert rule not in {each.rule for each in report.findings}


@pytest.mark.parametrize(("count", "status"), [(60, "fail"), (600, "unknown")])
async def test_a_misplaced_record_behind_many_others(count: int, status: str) -> None:
    last = '@ IN TXT "v=DMARC1; p=reject"\n'
    world = f"$ORIGIN acme.example.\n@ IN MX 10 mx\nmx IN A 9.9.9.9\n{crowd(last, count)}"
    report = await audit_async("acme.example", zone(world))
    (outcome,) = [each for each in report.outcomes if each.check == "DMARC022"]
    assert outcome.status == status
    assert ("not all were read" in outcome.reason) == (status == "unknown")
