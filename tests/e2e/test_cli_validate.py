"""``audit --validate`` through a name server that does not validate."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import dns.message
import pytest

from tests.support.cli import Run, mailproof, report_of
from tests.support.dnssec_world import three_zones
from tests.support.dnsserver import Asked, DnsServer


async def audit(domain: str, *options: str, stripped: bool = False) -> Run:
    def answer(asked: Asked) -> dns.message.Message:
        reply = three_zones().answer(asked)
        if stripped:
            for section in (reply.answer, reply.authority):
                section[:] = [rrset for rrset in section if rrset.rdtype != dns.rdatatype.RRSIG]
        return reply

    async with DnsServer(answer) as server:
        given = ("--nameserver", server.address, "--no-connect", "-f", "json", *options)
        return await asyncio.to_thread(mailproof, "audit", domain, *given)


@pytest.fixture
def anchors(tmp_path: Path) -> tuple[str, str]:
    file = tmp_path / "root.ds"
    file.write_text(
        "".join(f"{name} {ds.to_text()}\n" for name, ds in three_zones().anchors().ds), encoding="utf-8"
    )
    return "--trust-anchors", str(file)


def state(report: dict[str, Any]) -> str:
    found = report["facts"]["dns"]["dnssec"][0]["state"]
    assert isinstance(found, str)
    return found


async def test_without_it_nothing_is_known() -> None:
    report = report_of((await audit("expired.test")).out)
    assert state(report) == "unknown"
    outcome = next(each for each in report["outcomes"] if each["check"] == "DNS001")
    assert (outcome["status"], "--validate" in outcome["reason"]) == ("skipped", True)


@pytest.mark.parametrize(
    ("domain", "expected"), [("acme.test", "signed"), ("plain.test", "insecure"), ("expired.test", "bogus")]
)
async def test_with_it_the_zones_state_is_known(anchors: tuple[str, str], domain: str, expected: str) -> None:
    report = report_of((await audit(domain, *anchors)).out)
    assert state(report) == expected
    found = {finding["rule"] for each in report["outcomes"] for finding in each["findings"]}
    assert ("DNS001" in found) is (expected == "bogus")


async def test_the_roots_own_keys_are_the_default() -> None:
    report = report_of((await audit("acme.test", "--validate")).out)
    assert state(report) == "bogus"  # this root is none of the real ones


async def test_a_name_server_that_drops_signatures(anchors: tuple[str, str]) -> None:
    report = report_of((await audit("acme.test", *anchors, stripped=True)).out)
    assert state(report) == "unknown"
    outcome = next(each for each in report["outcomes"] if each["check"] == "DNS001")
    assert (outcome["status"], "returns no signatures" in outcome["reason"]) == ("unknown", True)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--validate", "--offline", "--zone", "x.zone"), "--validate needs live DNS"),
        (("--trust-anchors", "/nonexistent"), "/nonexistent: cannot be read"),
    ],
)
def test_what_cannot_be(options: tuple[str, ...], words: str) -> None:
    run = mailproof("audit", "acme.test", *options)
    assert run.code == 2
    assert words in run.err
    assert "Traceback" not in run.err
