"""Audits through real forwarders with limits: the results are as complete as without limits.

Only counts are compared, not times.
"""

from __future__ import annotations

import asyncio
import os
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path

import pytest

from mailproof.dns import LiveResolver
from mailproof.model import Report
from tests.lab import forwarders
from tests.lab.forwarders import Running
from tests.lab.packages import LabUnavailable
from tests.support.dnssec_world import three_zones
from tests.support.dnsserver import DnsServer
from tests.support.engine import audit_async

pytestmark = pytest.mark.timeout(300)
Start = Callable[[Path, Running], AbstractContextManager[Running]]
_ZONES = ("example.", "news.example.", "2.0.192.in-addr.arpa.", *(f"d{i}.example." for i in range(8)))


def _dnsmasq(folder: Path, behind: Running) -> AbstractContextManager[Running]:
    return forwarders.dnsmasq(folder, behind)


def _small_dnsmasq(folder: Path, behind: Running) -> AbstractContextManager[Running]:
    return forwarders.dnsmasq(folder, behind, "--dns-forward-max=20")


def _unbound(folder: Path, behind: Running) -> AbstractContextManager[Running]:
    return forwarders.unbound(folder, behind, "")


def _unbound_by_client(folder: Path, behind: Running) -> AbstractContextManager[Running]:
    """Drops queries over the limit, except for one in ten."""
    return forwarders.unbound(folder, behind, "ip-ratelimit: 60")


def _unbound_by_zone(folder: Path, behind: Running) -> AbstractContextManager[Running]:
    """Answers SERVFAIL over the limit, which applies to name servers queried directly."""
    return forwarders.unbound(folder, behind, "ratelimit: 30", ".", *_ZONES)


#: The function that starts each, and what it logs at its limit.
SERVERS: dict[str, tuple[Start, str]] = {
    "dnsmasq": (_dnsmasq, ""),
    "dnsmasq, 20 at once": (_small_dnsmasq, "Maximum number of concurrent DNS queries reached"),
    "Unbound": (_unbound, ""),
    "Unbound, ip-ratelimit": (_unbound_by_client, "ip_ratelimit exceeded"),
    "Unbound, ratelimit": (_unbound_by_zone, "ratelimit exceeded"),
    "systemd-resolved": (forwarders.resolved, ""),
}


@pytest.fixture(scope="module")
def slow(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with forwarders.upstream(tmp_path_factory.mktemp("upstream")) as running:
        yield running


def _started(stack: ExitStack, start: Start, folder: Path, slow: Running) -> Running:
    try:
        return stack.enter_context(start(folder, slow))
    except LabUnavailable as reason:
        if os.environ.get("CI") and os.geteuid() == 0:
            pytest.fail(f"the forwarders must run in CI: {reason}")
        pytest.skip(f"FORWARDER NOT RUN: {reason}")


async def _audits(server: Running, *domains: str) -> list[Report]:
    gate = asyncio.Semaphore(16)

    async with LiveResolver([server.address]) as resolver:

        async def one(domain: str) -> Report:
            async with gate:
                return await audit_async(domain, resolver, connect=False)

        return list(await asyncio.gather(*(one(domain) for domain in domains)))


def _answers(reports: list[Report]) -> dict[tuple[str, str], str]:
    return {
        (each.name, each.rrtype): each.status
        for report in reports
        if report.facts.dns is not None
        for each in report.facts.dns.lookups
    }


def _unknown(reports: list[Report]) -> Counter[str]:
    """Checks with unknown outcomes, and their number."""
    return Counter(o.check for report in reports for o in report.outcomes if o.status == "unknown")


def _findings(reports: list[Report]) -> set[str]:
    return {found.rule for report in reports for o in report.outcomes for found in o.findings}


@pytest.mark.parametrize("name", SERVERS)
async def test_one_audit_and_eight_together_find_out_everything(
    name: str, slow: Running, tmp_path: Path
) -> None:
    start, sign = SERVERS[name]
    eight = [f"d{i}.example" for i in range(8)]
    expected = await _audits(slow, *eight)
    assert _unknown(expected) == {}
    logs = ""
    for count, domains in enumerate((["d0.example"], eight)):
        folder = tmp_path / str(count)
        folder.mkdir()
        with ExitStack() as stack:
            server = _started(stack, start, folder, slow)
            reports = await _audits(server, *domains)
            logs += server.log.read_text(errors="replace")
        assert _answers(reports) == _answers(expected[: len(domains)])
        assert _unknown(reports) == {}
        assert all(report.score is not None and report.score.grade for report in reports)
    assert sign in logs  # otherwise the test shows nothing


async def test_a_hundred_domains_behind_dnsmasq(slow: Running, tmp_path: Path) -> None:
    with ExitStack() as stack:
        server = _started(stack, _dnsmasq, tmp_path, slow)
        reports = await _audits(server, *(f"d{i}.example" for i in range(100)))
    assert _unknown(reports) == {}
    assert set(_answers(reports).values()) <= {"ok", "nodata", "nxdomain"}


async def test_what_dnsmasq_filters_is_not_called_missing(slow: Running, tmp_path: Path) -> None:
    options = ("--filterwin2k", "--filter-AAAA", "--filter-rr=TXT")
    with ExitStack() as stack:
        server = _started(
            stack, lambda folder, behind: forwarders.dnsmasq(folder, behind, *options), tmp_path, slow
        )
        filtered = await _audits(server, "d0.example")
    assert {"SPF001", "DMARC001", "DOM002"} <= set(_unknown(filtered))
    assert _findings(filtered) <= _findings(await _audits(slow, "d0.example"))


async def test_a_silent_zone_is_unknown_and_takes_nothing_from_the_others(
    slow: Running, tmp_path: Path
) -> None:
    with ExitStack() as stack:
        server = _started(stack, _dnsmasq, tmp_path, slow)
        reports = await _audits(server, "silent.example", *(f"d{i}.example" for i in range(8)))
    silent = {name for (name, _), status in _answers(reports).items() if status == "timeout"}
    assert silent
    assert all(name == "silent.example" or name.endswith(".silent.example") for name in silent)
    assert _unknown(reports[1:]) == {}
    assert set(_answers(reports[1:]).values()) <= {"ok", "nodata", "nxdomain"}


async def test_validation_through_dnsmasq_which_does_none(tmp_path: Path) -> None:
    """It passes on the requested signatures, which is enough."""
    domains = {"acme.test": ("ok", "yes"), "plain.test": ("ok", "no"), "expired.test": ("bogus", "bogus")}
    async with DnsServer(three_zones().answer) as server:
        with ExitStack() as stack:
            behind = Running(server.address, tmp_path / "none")
            forwarder = await asyncio.to_thread(_started, stack, _dnsmasq, tmp_path, behind)
            anchors = three_zones().anchors()
            async with (
                LiveResolver([forwarder.address]) as trusting,
                LiveResolver([forwarder.address], validate=True, trust_anchors=anchors) as validating,
            ):
                for domain, expected in domains.items():
                    answer = await validating.query(domain, "TXT")
                    assert (answer.status, answer.secure) == expected, answer.reason
                    answer = await trusting.query(domain, "TXT")
                    assert (answer.status, answer.secure) == ("ok", "unknown")
