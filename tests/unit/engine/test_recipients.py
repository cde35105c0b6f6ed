"""Merging the outcomes of several recipients into one report."""

from __future__ import annotations

from mailproof.engine.recipients import merge_outcomes
from mailproof.model import Finding, Location, Outcome, Severity
from mailproof.model.findings import OutcomeStatus

A, B = "a@one.example", "b@two.example"
DOMAIN = "acme.example"


def outcome(rule: str, status: OutcomeStatus, *findings: Finding) -> Outcome:
    return Outcome(rule, DOMAIN, status, findings)


def finding(rule: str, message: str, name: str = "") -> Finding:
    return Finding(rule, Severity.ERROR, DOMAIN, message, Location(name=name) if name else None)


def test_what_is_the_same_is_there_once_and_about_the_domain() -> None:
    same = outcome("AUTH012", "fail", finding("AUTH012", "no signature"))
    [merged], _ = merge_outcomes([(A, (same,)), (B, (same,))], ())
    assert merged == same


def test_what_differs_is_about_each_recipient() -> None:
    lost = outcome("RECV001", "fail", finding("RECV001", "did not arrive"))
    merged, _ = merge_outcomes([(A, (outcome("RECV001", "pass"),)), (B, (lost,))], ())
    assert [(each.subject, each.status) for each in merged] == [(A, "pass"), (B, "fail")]
    assert merged[1].findings[0].subject == B
    assert merged[1].findings[0].fingerprint != lost.findings[0].fingerprint


def test_what_does_not_apply_to_one_does_not_divide() -> None:
    fine, skipped = outcome("RECV006", "pass"), outcome("RECV006", "skipped")
    merged, _ = merge_outcomes([(A, (skipped,)), (B, (fine,))], ())
    assert merged == (fine,)


def test_causes_are_found_in_the_domain_and_in_the_recipients_own_outcomes() -> None:
    key = outcome("DKIM001", "fail", finding("DKIM001", "no key", "s1._domainkey.acme.example"))
    message = outcome("AUTH002", "fail", finding("AUTH002", "no key", "s1._domainkey.acme.example"))
    dmarc = outcome("AUTH014", "fail", finding("AUTH014", "DMARC fails"))
    outcomes, domains = merge_outcomes([(A, (message, dmarc)), (B, (outcome("AUTH014", "pass"),))], (key,))
    by_rule = {(each.check, each.subject): each for each in outcomes}
    first = by_rule["AUTH002", DOMAIN].findings[0]
    assert first.because_of == domains[0].findings[0].fingerprint
    follows = by_rule["AUTH014", A].findings[0]
    assert follows.because_of == first.fingerprint
    assert by_rule["AUTH014", B].status == "pass"


def test_a_cause_of_one_recipient_is_named_as_it_is_there() -> None:
    notice = outcome("RECV011", "warn", finding("RECV011", "a delay notice came"))
    slow = outcome("RECV008", "warn", finding("RECV008", "84 s"))
    quick = (outcome("RECV011", "pass"), outcome("RECV008", "pass"))
    outcomes, _ = merge_outcomes([(A, (notice, slow)), (B, quick)], ())
    by_rule = {(each.check, each.subject): each for each in outcomes}
    cause = by_rule["RECV011", A].findings[0]
    assert by_rule["RECV008", A].findings[0].because_of == cause.fingerprint
