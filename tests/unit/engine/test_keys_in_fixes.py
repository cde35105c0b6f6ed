"""The records proposed for broken DKIM keys are proven, in whatever form the key was written."""

from __future__ import annotations

import pytest

from mailproof.model import FixRecord
from mailproof.records.dkim_key import parse_dkim_key
from mailproof.records.dkim_repair import canonical_key
from tests.support.dkim import PUBLIC
from tests.support.engine import audit_async
from tests.support.resolvers import zone

K, ED = PUBLIC["rsa2048"], PUBLIC["ed25519"]
GOOD = f"v=DKIM1; k=rsa; p={K}"
ZONE = f"""
$ORIGIN acme.example.
@ 60 IN MX 10 mail
mail 60 IN A 192.0.2.25
@ 60 IN TXT "v=spf1 mx -all"
_dmarc 60 IN TXT "v=DMARC1; p=none; rua=mailto:d@acme.example"
s1.keys.esp.example. 60 IN TXT "{GOOD[:255]}" "{GOOD[255:]}"
"""


def txt(text: str) -> str:
    """The data of a TXT record with any characters."""
    chunks = [text.encode()[i : i + 60] for i in range(0, len(text.encode()), 60)]
    return " ".join('"' + "".join(f"\\{byte:03d}" for byte in chunk) + '"' for chunk in chunks)


async def proposed(*records: str) -> list[FixRecord]:
    world = ZONE + "".join(f"s1._domainkey 60 IN TXT {txt(text)}\n" for text in records)
    report = await audit_async("acme.example", zone(world), selectors=("s1",))
    found: dict[str, FixRecord] = {}
    for finding in report.findings:
        for record in finding.fix.records if finding.fix is not None else ():
            if "_domainkey" in record.name and record.action == "publish":
                found[record.value] = record
    return list(found.values())


@pytest.mark.parametrize(
    "records",
    [
        (K,),
        (f"v=DKIM1; k=rsa; p={PUBLIC['rsa2048_pkcs1']}",),
        (f"v=DKIM1; p={K.replace('+', '%2B')}",),
        (f"v=DKIM1; p={K.replace('+', ' ')}",),
        (f"v=DKIM1; p={K.replace('+', '-').replace('/', '_')}",),
        (f"V=dkim1; K=RSA; P={K}",),
        (f"v=DKIM1, k=RSA, p={K}",),
        (f"-----BEGIN PUBLIC KEY-----{K}-----END PUBLIC KEY-----",),
        (f"v=DKIM1;\u00a0k=rsa; p={K[:50]}\u200b{K[50:]}",),
        (GOOD[:255], GOOD[255:]),
        (GOOD[255:], "v=spf1 -all", GOOD[:255]),
        ("v=DKIM1; k=rsa; p=", K),
    ],
)
async def test_the_same_key_is_published(records: tuple[str, ...]) -> None:
    (record,) = await proposed(*records)
    assert record.name == "s1._domainkey.acme.example"
    assert parse_dkim_key(record.value).valid
    assert canonical_key(record.value) == K


async def test_an_ed25519_key_comes_out_of_its_wrapping() -> None:
    (record,) = await proposed(f"v=DKIM1; k=ed25519; p={PUBLIC['ed25519_der']}")
    assert record.value == f"v=DKIM1; k=ed25519; p={ED}"


async def test_an_alias_is_published_in_place_of_its_name() -> None:
    (record,) = await proposed("s1.keys.esp.example.")
    assert (record.rrtype, record.value) == ("CNAME", "s1.keys.esp.example.")
    assert await proposed("s2.keys.esp.example.") == []


@pytest.mark.parametrize(
    "records",
    [
        (GOOD[:255],),
        (GOOD.lower(),),
        (GOOD, f"v=DKIM1; k=rsa; p={PUBLIC['rsa1024']}"),
        (GOOD, K[200:]),
        (K[200:],),
        (GOOD, "MS=ms123"),
    ],
)
async def test_what_is_lost_or_in_doubt_is_left_to_its_owner(records: tuple[str, ...]) -> None:
    assert await proposed(*records) == []
