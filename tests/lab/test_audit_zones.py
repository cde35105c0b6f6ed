"""`mailproof audit` with all its connections on the laboratory's zones: exactly the expected findings."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from tests.lab import world
from tests.lab.lab import Lab
from tests.lab.probing import Probed, command, together

#: Due to the laboratory: name servers in one network, strict alignment, IPv4 only, Postfix's TLS 1.0.
EVERYWHERE = {"DNS012", "DMARC031", "MX013", "TLS008"}


@dataclass(frozen=True)
class Audit:
    """A domain and its expected audit: rules by severity, the exit code, undecided rules."""

    domain: str
    code: int = 0
    errors: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    infos: tuple[str, ...] = ("STS001",)
    unknown: tuple[str, ...] = ()
    selectors: tuple[str, ...] = ()

    def __str__(self) -> str:
        return self.domain


AUDITS = (
    Audit("complete.test", infos=("BIMI009",), selectors=("s1",)),
    Audit("healthy.test", selectors=("rsa2026", "ed2026")),
    Audit("insecure.test", infos=("STS001", "DNS006"), selectors=("s1",)),
    Audit("dane.test"),
    Audit("parked.test", infos=()),
    Audit("nomail.test", infos=("PARK004",)),
    Audit("oldpolicy.test", 1, errors=("STS010",), infos=("STS013",), selectors=("s1",)),
    Audit("badhost.test", 0, warnings=("STS008",), infos=(), selectors=("s1",)),
    Audit("baddane.test", 1, errors=("DANE006",)),
    Audit(
        "wildcard.test",
        1,
        errors=("DMARC001",),
        warnings=("DKIM003", "DNS018"),
        infos=("STS001", "DMARC021", "DKIM017"),
    ),
    Audit("differ.test", 1, errors=("DNS008",), infos=("STS001", "DNS006"), selectors=("s1",)),
    Audit("moved.test", 0, warnings=("DNS027",), selectors=("s1",)),
    Audit("halflame.test", 0, warnings=("DNS010",), selectors=("s1",)),
    Audit(
        "dangling.test", 1, errors=("DKIM011", "DNS023"), warnings=("STS005",), infos=(), selectors=("s1",)
    ),
    Audit("twospf.test", 1, errors=("SPF002",), warnings=("DKIM003", "DMARC011", "DMARC017")),
    Audit(
        "manylookups.test",
        1,
        errors=("SPF003",),
        warnings=("DMARC011", "DMARC017"),
        infos=("STS001", "SPF035"),
        selectors=("s1",),
    ),
    Audit("expired.test", 1, errors=("DMARC001",), warnings=("TLS012",)),
    Audit("wrongname.test", 1, errors=("DMARC001",), warnings=("TLS011",)),
    Audit("notls.test", 1, errors=("DMARC001",), warnings=("TLS006",)),
    Audit("bare.test", 1, errors=("SPF001", "DMARC001", "MX001"), warnings=("DKIM003",)),
)


@pytest.fixture(scope="module")
def reports(lab: Lab) -> dict[str, Probed]:
    """The reports on all domains: one audit for those with the same selectors."""
    found: dict[str, Probed] = {}
    for selectors in {each.selectors for each in AUDITS}:
        domains = [each.domain for each in AUDITS if each.selectors == selectors]
        options = (word for each in selectors for word in ("--selector", each))
        found |= together(lab, "audit", *domains, *options)
    return found


def by_severity(report: Probed, severity: str) -> set[str]:
    return {finding["rule"] for finding in report.findings if finding["severity"] == severity}


@pytest.mark.parametrize("audit", AUDITS, ids=str)
def test_each_line(reports: dict[str, Probed], audit: Audit) -> None:
    report = reports[audit.domain]
    assert by_severity(report, "error") == set(audit.errors)
    assert by_severity(report, "warning") == set(audit.warnings)
    assert by_severity(report, "info") - EVERYWHERE == set(audit.infos)
    outcomes = report.report["outcomes"]
    assert {each["check"] for each in outcomes if each["status"] == "unknown"} == set(audit.unknown)
    assert not [each for each in outcomes if each["status"] == "error"]
    assert not report.report["facts"]["dns"]["failures"]
    assert report.code == max(each.code for each in AUDITS if each.selectors == audit.selectors)
    assert bool(audit.errors) == bool(audit.code)


@pytest.mark.parametrize("domain", ["lame.test", "silent.test"])
def test_where_nothing_answers_nothing_is_found_and_nothing_passes(lab: Lab, domain: str) -> None:
    report = command(lab, "audit", domain)
    assert report.findings == []
    assert report.code == 3
    assert not [each for each in report.report["outcomes"] if each["status"] == "pass"]


def test_a_bogus_zone_is_the_one_thing_found(lab: Lab) -> None:
    report = command(lab, "audit", "bogus.test")
    assert {finding["rule"] for finding in report.findings} == {"DNS001"}
    assert report.code == 1


def test_the_policy_and_the_logo_come_from_the_web_server(lab: Lab, reports: dict[str, Probed]) -> None:
    facts = reports["complete.test"].report["facts"]["dns"]
    policy = facts["mta_sts"]["policy"]
    assert (policy["mode"], policy["max_age"]) == ("enforce", 1209600)
    assert [pattern["text"] for pattern in policy["mx"]] == [world.MX_INBOX.name]
    (selector,) = facts["bimi"]["selectors"]
    logo = selector["logo"]
    assert logo["fetch"]["status"] == 200
    assert logo["problems"] == []
    served = lab.path("/run/lab/log/nginx-access.log").read_text()
    assert "GET /.well-known/mta-sts.txt HTTP/1.1" in served
    assert "GET /logo.svg HTTP/1.1" in served


def test_dane_holds_under_dnssec(reports: dict[str, Probed]) -> None:
    (host,) = reports["dane.test"].report["facts"]["dns"]["dane"]["hosts"]
    assert (host["host"], host["state"]) == (world.MX_DANE.name, "matched")
    assert host["matches"] == [{"address": world.MX_DANE.ip, "records": [0], "reasons": []}]


def test_what_each_server_says_is_shown(reports: dict[str, Probed]) -> None:
    report = reports["differ.test"]
    (finding,) = (each for each in report.findings if each["rule"] == "DNS008")
    told = "\n".join(finding["evidence"])
    for server, address in zip(world.LEAF_SERVERS, ("198.51.100.25", "198.51.100.99"), strict=True):
        line = next(line for line in told.splitlines() if server.name in line or server.ip in line)
        assert address in line


def test_without_connections_only_the_dns_is_judged(lab: Lab) -> None:
    report = command(lab, "audit", "oldpolicy.test", "--selector", "s1", "--no-connect")
    assert by_severity(report, "error") == set()
    assert report.code == 0
    assert report.report["facts"]["dns"]["transport"]["connected"] is False
