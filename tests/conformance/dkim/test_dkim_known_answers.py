"""Signatures with published results, from the RFCs and from dkimpy's tests."""

from pathlib import Path

import pytest

from mailproof.auth.dkim import verify_dkim
from mailproof.dns.zonefile import ZoneResolver
from mailproof.message.reader import read
from tests.support.dkim import NOW

DATA = Path(__file__).parent / "data"


async def results(message: str, zone: str) -> list[tuple[str, str, str]]:
    raw = (DATA / message).read_bytes()
    resolver = ZoneResolver.from_file(str(DATA / zone), origin=".")
    verdicts = await verify_dkim(read(raw), resolver, now=NOW)
    return [(verdict.selector, verdict.algorithm, verdict.code) for verdict in verdicts]


async def test_the_message_of_rfc_8463_appendix_a() -> None:
    assert await results("rfc8463.eml", "rfc8463.zone") == [
        ("brisbane", "ed25519-sha256", "pass"),
        ("test", "rsa-sha256", "pass"),
    ]


@pytest.mark.parametrize(
    ("message", "wanted"),
    [
        # Two signers, simple canonicalization, header lines that end in spaces.
        (
            "dkimpy-rfc6376.signed.eml",
            [("brisbane", "ed25519-sha256", "pass"), ("test", "rsa-sha256", "pass")],
        ),
        # Made by Exim: folds inside tags, tabs.
        ("dkimpy-ed25519test2.eml", [("sed", "ed25519-sha256", "pass")]),
        # Made by Gmail, folded in the middle of its tags (Debian bug 711751).
        ("dkimpy-test2.eml", [("20120113", "rsa-sha256", "pass")]),
        # d=legitimate.com(.attacker.com
        ("dkimpy-baddomain.eml", [("test", "rsa-sha256", "bad-domain")]),
    ],
)
async def test_the_messages_of_dkimpy(message: str, wanted: list[tuple[str, str, str]]) -> None:
    assert await results(message, "dkimpy.zone") == wanted
