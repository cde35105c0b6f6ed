"""`mailproof audit` of every domain of the laboratory, through BIND and Unbound."""

from __future__ import annotations

import pytest

from tests.lab.lab import Lab
from tests.lab.probing import Probed, command


def audit(lab: Lab, domain: str, *options: str) -> Probed:
    return command(lab, "audit", domain, *options)


def urgent(report: Probed) -> set[str]:
    return {finding["rule"] for finding in report.findings if finding["severity"] != "info"}


def statuses(report: Probed) -> set[str]:
    return {outcome["status"] for outcome in report.report["outcomes"]}


@pytest.mark.parametrize(
    ("domain", "selectors"), [("healthy.test", ("rsa2026", "ed2026")), ("insecure.test", ("s1",))]
)
def test_a_domain_with_nothing_wrong(lab: Lab, domain: str, selectors: tuple[str, ...]) -> None:
    report = audit(lab, domain, *(word for each in selectors for word in ("--selector", each)))
    assert report.code == 0
    assert urgent(report) == set()
    assert statuses(report) <= {"pass", "skipped"}
    keys = [key for key in report.report["facts"]["dns"]["dkim"] if key["selector"] in selectors]
    assert len(keys) == len(selectors)


@pytest.mark.parametrize(
    ("domain", "rules", "code"),
    [
        ("twospf.test", {"SPF002"}, 1),
        ("manylookups.test", {"SPF003"}, 1),
        ("bare.test", {"SPF001", "DMARC001", "MX001"}, 1),
        ("inbox.test", {"DMARC001"}, 1),
        ("unsigned.test", {"DMARC011", "DKIM003"}, 0),
        ("nosuch.test", {"DOM001"}, 1),
    ],
)
def test_what_is_wrong_is_found(lab: Lab, domain: str, rules: set[str], code: int) -> None:
    report = audit(lab, domain)
    assert rules <= urgent(report)
    assert report.code == code


def test_a_domain_that_sends_and_takes_no_mail(lab: Lab) -> None:
    report = audit(lab, "nomail.test")
    assert report.code == 0
    assert not {rule for rule in urgent(report) if rule.startswith(("SPF", "MX", "DOM"))}


def test_what_could_not_be_found_out_is_never_missing(lab: Lab) -> None:
    report = audit(lab, "lame.test")
    assert report.code == 3
    assert report.findings == []
    assert "fail" not in statuses(report)
    assert report.report["score"]["grade"] is None


def test_records_of_a_bogus_zone_are_unknown_and_the_zone_is_found(lab: Lab) -> None:
    report = audit(lab, "bogus.test")
    assert report.code == 1
    failed = {outcome["check"] for outcome in report.report["outcomes"] if outcome["status"] == "fail"}
    assert failed == urgent(report) == {"DNS001"}


def test_a_silent_server_is_a_time_out(lab: Lab) -> None:
    report = command(lab, "audit", "silent.test", "--timeout", "3")
    assert report.code == 3
    assert statuses(report) <= {"unknown", "skipped"}


def test_one_bogus_record_leaves_the_rest_judged(lab: Lab) -> None:
    report = audit(lab, "tampered.test")
    assert report.code == 1
    assert {f["rule"] for f in report.findings if f["severity"] == "error"} == {"DNS001"}
    unknown = {o["check"] for o in report.report["outcomes"] if o["status"] == "unknown"}
    assert "SPF001" in unknown
    # Whether any mail can pass DMARC also depends on SPF.
    assert {check for check in unknown if check.startswith(("DMARC", "MX"))} == {"DMARC036"}


@pytest.mark.parametrize("nameserver", ["tls://resolver.infra.test", "https://resolver.infra.test/dns-query"])
def test_an_audit_over_an_encrypted_resolver(lab: Lab, nameserver: str) -> None:
    report = audit(
        lab, "healthy.test", "--selector", "rsa2026", "--nameserver", nameserver, "--timeout", "20"
    )
    assert report.code == 0
    assert urgent(report) == set()


def test_a_recording_of_the_live_dns_replays_the_same(lab: Lab) -> None:
    live = audit(lab, "manylookups.test", "--no-connect", "--record", "/run/lab/manylookups.json")
    again = audit(lab, "manylookups.test", "--replay", "/run/lab/manylookups.json")
    assert again.code == live.code == 1
    assert again.report["outcomes"] == live.report["outcomes"]


def test_an_unreachable_resolver_is_unknown(lab: Lab) -> None:
    report = command(lab, "audit", "healthy.test", "--nameserver", "192.0.2.200", "--timeout", "3")
    assert report.code == 3
    assert "fail" not in statuses(report)
