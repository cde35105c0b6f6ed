"""The demo as a user runs it: end to end on real sockets, scenario by scenario."""

from __future__ import annotations

import secrets

import pytest

from mailproof.demo.scenarios import SCENARIOS, Scenario
from tests.support.cli import mailproof, report_of

FAILING = tuple(scenario for scenario in SCENARIOS if scenario.finding)


def test_healthy_prints_a_full_round_trip_and_exits_0() -> None:
    run = mailproof("demo")
    assert run.code == 0, run.out
    assert run.out.startswith("✓ The probe from acme.example came back as expected\n")
    for part in (
        "Submission",
        "Mailbox",
        "Message",
        "Results of mx.receiver.example",
        "SPF  ",
        "Evidence",
    ):
        assert part in run.out
    assert "differs" not in run.out
    assert "\x1b" not in run.out


def test_healthy_facts() -> None:
    run = mailproof("demo", "-f", "json")
    report = report_of(run.out)
    message = report["facts"]["message"]
    assert run.code == 0
    assert report["score"]["grade"] == "A"
    assert message["spf"]["result"] == "pass"
    assert message["spf"]["ip"] == "192.0.2.25"
    assert {(d["algorithm"], d["result"]) for d in message["dkim"]} == {
        ("rsa-sha256", "pass"),
        ("ed25519-sha256", "pass"),
    }
    assert message["dmarc"]["result"] == "pass"
    assert message["dmarc"]["spf_aligned"] is True
    (border,) = message["authentication_results"]
    assert border["trusted"] is True
    assert all(method["agrees"] for method in border["methods"])
    assert report["facts"]["delivery"]["retrieval"]["result"] == "found"
    assert report["facts"]["delivery"]["comparison"]["body_intact"] is True


@pytest.mark.parametrize("scenario", FAILING, ids=lambda scenario: scenario.name)
def test_scenario_names_its_cause_first(scenario: Scenario) -> None:
    run = mailproof("demo", "--scenario", scenario.name, "--deadline", "2", "-f", "json")
    report = report_of(run.out)
    findings = sorted(
        (finding for outcome in report["outcomes"] for finding in outcome["findings"]),
        key=lambda finding: ("error", "warning", "info").index(finding["severity"]),
    )
    assert findings[0]["rule"] == scenario.finding, [f["rule"] + " " + f["message"] for f in findings]
    assert findings[0]["severity"] in ("error", "warning")
    assert findings[0]["fix"], "a finding says how to mend it"
    assert run.code == (1 if findings[0]["severity"] == "error" else 0)


def test_password_is_nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []
    original = secrets.token_urlsafe

    def recorded(size: int) -> str:
        seen.append(original(size))
        return seen[-1]

    with monkeypatch.context() as patch:
        patch.setattr(secrets, "token_urlsafe", recorded)
        run = mailproof("demo", "-v", "-f", "json", "--scenario", "wrong-password")
        text = mailproof("demo", "-vv", "--scenario", "wrong-password")
    assert len(seen) == 2
    for password in seen:
        assert password not in run.out + run.err + text.out + text.err


def test_list_and_unknown_scenario() -> None:
    listing = mailproof("demo", "--list")
    assert listing.code == 0
    assert all(scenario.name in listing.out for scenario in SCENARIOS)
    wrong = mailproof("demo", "--scenario", "nonsense")
    assert wrong.code == 2
    assert wrong.err.count("\n") == 1
    assert "unaligned-esp" in wrong.err
