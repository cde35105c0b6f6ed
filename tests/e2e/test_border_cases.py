"""Saved messages with the correct trust boundary of each: fixtures/cases/mail/*/border.toml.

``ip`` and ``path`` are the client and the return path, ``trusted`` the number of results that count,
``dmarc`` the result; ``absent`` are rules without findings, ``says`` and ``unsaid`` words that the text must
and must not contain.
"""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from tests.support.cli import mailproof, report_of

CASES = Path(__file__).resolve().parents[2] / "fixtures" / "cases" / "mail"
MESSAGES = sorted(each for toml in CASES.glob("*/border.toml") for each in toml.parent.glob("*.eml"))


def verify(message: Path, *more: str) -> str:
    zones = [part for zone in sorted(message.parent.glob("*.txt")) for part in ("--zone", str(zone))]
    return mailproof("verify", str(message), *zones, "--offline", *more, columns=200).out


@pytest.mark.parametrize("message", MESSAGES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_the_right_answer(message: Path) -> None:
    case = tomllib.loads((message.parent / "border.toml").read_text())
    report = report_of(verify(message, "-f", "json"))
    facts = report["facts"]["message"]
    found = {finding["rule"] for outcome in report["outcomes"] for finding in outcome["findings"]}
    assert facts["envelope"]["ip"] == case["ip"], facts["envelope"]
    assert facts["envelope"]["mail_from"] == case["path"], facts["envelope"]
    if "trusted" in case:
        assert sum(each["trusted"] for each in facts["authentication_results"]) == case["trusted"]
    if "dmarc" in case:
        assert facts["dmarc"]["result"] == case["dmarc"]
    assert not found & set(case["absent"])
    text = verify(message, "-v")
    for words in case.get("says", ()):
        assert words in text
    for words in case.get("unsaid", ()):
        assert words not in text


X_EXPIRED = CASES / "01-gmail-x-expired" / "message.eml"


@pytest.mark.parametrize(
    ("at", "code"),
    [
        ("arrival", "pass"),
        ("2026-11-16", "pass"),
        ("2026-11-17T11:00:00+01:00", "pass"),
        ("2026-11-17T10:00:01Z", "expired"),
        ("Wed, 18 Nov 2026 10:00:00 +0000", "expired"),
        ("now", "expired"),
    ],
)
def test_a_signature_counts_by_the_moment_asked_for(at: str, code: str) -> None:
    report = report_of(verify(X_EXPIRED, "-f", "json", "--at", at))
    assert report["facts"]["message"]["dkim"][0]["code"] == code


def test_what_is_no_time_is_one_clear_line() -> None:
    run = mailproof("verify", str(X_EXPIRED), "--at", "yesterday")
    assert run.code == 2
    words = "--at: 'yesterday' is not a time: give arrival, now, or a time like 2026-11-25T14:30:00+01:00"
    assert run.err == f"mailproof: {words}\n"
