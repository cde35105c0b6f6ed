"""What is left out of a report, and what the report says about it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from mailproof.model import Accepted, Facts, Finding, Outcome, OutcomeStatus, Report, Score, Severity, Tool
from mailproof.policy import Policy, apply_policy

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
ERROR, WARNING = Severity.ERROR, Severity.WARNING


def finding(rule: str, severity: Severity = ERROR, subject: str = "acme.example") -> Finding:
    return Finding(rule, severity, subject, f"{rule} of {subject}")


def outcome(check: str, *findings: Finding, status: OutcomeStatus | None = None) -> Outcome:
    return Outcome(check, "acme.example", status or ("fail" if findings else "pass"), findings)


def report(*outcomes: Outcome) -> Report:
    return Report("1", Tool(), NOW, "acme.example", outcomes, Facts(), Score(None, 0))


BOTH = report(outcome("SPF006", finding("SPF006")), outcome("DMARC011", finding("DMARC011", WARNING)))


def states(judged: Report) -> dict[str, str]:
    return {each.rule: each.state for each in judged.accepted}


def test_nothing_said_changes_nothing() -> None:
    assert apply_policy(BOTH) is BOTH


def test_an_accepted_finding_is_left_out_with_its_reason() -> None:
    judged = apply_policy(BOTH, accepted=[Accepted("SPF006", reason="old list server")])
    assert [each.rule for each in judged.findings] == ["DMARC011"]
    (gone,) = judged.suppressed
    assert (gone.rule, gone.subject, gone.reason) == ("SPF006", "acme.example", "old list server")
    assert gone.finding == finding("SPF006")
    assert judged.outcomes[0].status == "skipped"
    assert states(judged) == {"SPF006": "used"}
    assert judged.score.points == 94


@pytest.mark.parametrize("name", ["SPF006", "spf006", "SPF", "spf0"])
def test_a_rule_is_named_by_its_id_or_its_beginning_in_any_case(name: str) -> None:
    assert [each.rule for each in apply_policy(BOTH, accepted=[Accepted(name)]).findings] == ["DMARC011"]


@pytest.mark.parametrize(
    ("subject", "taken"),
    [("", True), ("acme.example", True), ("ACME.example", True), ("other.example", False)],
)
def test_one_domain_or_all(subject: str, taken: bool) -> None:
    judged = apply_policy(BOTH, accepted=[Accepted("SPF006", subject)])
    assert bool(judged.suppressed) is taken
    assert len(judged.findings) == (1 if taken else 2)


def test_one_that_is_for_another_domain_is_not_said_to_be_of_no_use() -> None:
    assert apply_policy(BOTH, accepted=[Accepted("SPF006", "other.example")]).accepted == ()


EAST = timezone(timedelta(hours=14))
EXPIRY: dict[date | datetime | None, bool] = {
    None: True,
    date(2026, 11, 27): True,
    date(2026, 11, 26): True,
    date(2026, 11, 25): False,
    datetime(2026, 11, 26, 12, 1): True,
    datetime(2026, 11, 26, 12): False,
    datetime(2026, 11, 26, 12, 1, tzinfo=UTC): True,
    datetime(2026, 11, 26, 12, 1, tzinfo=EAST): False,
}


@pytest.mark.parametrize("expires", EXPIRY, ids=str)
def test_until_its_day_is_over(expires: date | datetime | None) -> None:
    judged = apply_policy(BOTH, accepted=[Accepted("SPF006", expires=expires)])
    assert bool(judged.suppressed) is EXPIRY[expires]
    assert states(judged) == {"SPF006": "used" if EXPIRY[expires] else "expired"}


def test_what_found_nothing_is_unused() -> None:
    judged = apply_policy(report(outcome("SPF006")), accepted=[Accepted("SPF006")])
    assert states(judged) == {"SPF006": "unused"}
    assert judged.outcomes[0].status == "pass"


@pytest.mark.parametrize("status", ["unknown", "error", "skipped"])
def test_what_could_not_be_judged_may_still_be_needed(status: OutcomeStatus) -> None:
    judged = apply_policy(report(outcome("SPF006", status=status)), accepted=[Accepted("SPF006")])
    assert judged.accepted == ()
    assert judged.outcomes[0].status == status


def test_what_was_not_selected_may_still_be_needed() -> None:
    assert apply_policy(BOTH, select=["DMARC"], accepted=[Accepted("SPF006")]).accepted == ()


def test_a_finding_that_is_left_keeps_its_weight() -> None:
    one, other = finding("SPF006"), finding("SPF006", WARNING, "www.acme.example")
    judged = apply_policy(
        report(outcome("SPF006", one, other)), accepted=[Accepted("SPF006", "acme.example")]
    )
    assert (judged.outcomes[0].status, judged.findings) == ("warn", (other,))


def test_what_is_not_known_beside_it_stays_so() -> None:
    """An accepted finding must not hide that part of the check was not possible."""
    judged = apply_policy(
        report(outcome("SPF006", finding("SPF006"), status="unknown")), accepted=[Accepted("SPF006")]
    )
    assert (judged.outcomes[0].status, judged.findings) == ("unknown", ())
    assert judged.incomplete


def test_ignored_by_an_option() -> None:
    judged = apply_policy(BOTH, ignore=["SPF"])
    assert [(each.rule, each.reason) for each in judged.suppressed] == [("SPF006", "--ignore")]


def test_a_cause_that_is_accepted_leaves_what_follows_from_it() -> None:
    cause = finding("SPF006")
    after = Finding("DMARC011", WARNING, "acme.example", "x", because_of=cause.fingerprint)
    judged = apply_policy(
        report(outcome("SPF006", cause), outcome("DMARC011", after)), accepted=[Accepted("SPF006")]
    )
    assert [each.finding.rule for each in judged.causes] == ["DMARC011"]
    assert judged.score.points == 94


def test_the_longest_beginning_decides_the_severity() -> None:
    found = finding("SPF003", WARNING)
    whole = report(outcome("SPF003", found, status="warn"), outcome("SPF003", found, status="unknown"))
    judged = Policy(severities=(("spf003", ERROR), ("SPF", Severity.INFO))).applied(whole)
    assert [each.severity for each in judged.findings] == [ERROR] * 2
    assert [each.status for each in judged.outcomes] == ["fail", "unknown"]
    eased = Policy(severities=(("SPF", Severity.INFO), ("DMARC", ERROR))).applied(whole)
    assert [each.status for each in eased.outcomes] == ["pass", "unknown"]
    assert {each.fingerprint for each in eased.findings} == {found.fingerprint}
    assert (judged.score.points, eased.score.points) == (70, 100)
