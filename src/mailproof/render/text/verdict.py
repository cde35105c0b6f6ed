"""The head of the report: the verdict in one line, and the grade."""

from __future__ import annotations

from collections import Counter

from rich.text import Text

from mailproof.model import Explanation, Report, Severity
from mailproof.render.text.page import Page
from mailproof.render.text.style import clean


def verdict(report: Report) -> tuple[str, str, str]:
    """A status (``pass``, ``warn``, ``fail``, ``unknown``), a sentence, and the counts behind it."""
    counts = Counter(finding.severity for finding in report.findings)
    unknown = sum(outcome.status in ("unknown", "error") for outcome in report.outcomes)
    status = _status(counts, unknown, report)
    return status, _sentence(report, status), _counts(counts, unknown, report)


def _status(counts: Counter[Severity], unknown: int, report: Report) -> str:
    if counts[Severity.ERROR]:
        return "fail"
    if unknown or report.interrupted or report.nothing_asked:
        return "unknown"
    return "warn" if counts[Severity.WARNING] else "pass"


def _sentence(report: Report, status: str) -> str:
    subject = clean(report.subject)
    if report.interrupted:
        return f"Interrupted: this is what was found out about {subject} so far"
    if report.facts.delivery is not None:
        return _probe_sentence(report, status, subject)
    message = report.facts.message
    if message is not None and message.bounce is not None:
        return _bounce_sentence(message.bounce)
    if message is not None:
        named = f"This message from {subject}" if message.from_domain else f"This message ({subject})"
        return {
            "pass": f"{named} is believed",
            "warn": f"{named} is believed, with weak points",
            "fail": f"{named} has faults that receivers act on",
            "unknown": f"Not all about t{named[1:]} could be found out",
        }[status]
    if report.nothing_asked:
        return f"Nothing about {subject} is in the zones given, and the live DNS was not asked"
    judged = any(outcome.status in ("pass", "warn", "fail") for outcome in report.outcomes)
    if status == "unknown" and not judged:
        return f"Nothing could be found out about {subject}"
    if status == "unknown" and report.findings and report.findings[0].severity is not Severity.INFO:
        return f"Mail from {subject} has weak points, and not all could be found out"
    if report.facts.dns is not None and report.facts.dns.profile == "parked" and status != "unknown":
        return {
            "pass": f"{subject} is parked, and its records refuse all mail in its name",
            "warn": f"{subject} is parked, but not all of its records say so",
            "fail": f"{subject} is parked, with faults in its records",
        }[status]
    return {
        "pass": f"Mail from {subject} will be believed",
        "warn": f"Mail from {subject} will be believed, with weak points",
        "fail": f"Mail from {subject} will not always be believed or delivered",
        "unknown": f"No fault found at {subject}, but not all could be found out",
    }[status]


def _bounce_sentence(bounce: Explanation) -> str:
    author = clean(bounce.returned.from_domain) if bounce.returned else ""
    named = f"A message from {author}" if author else "A message"
    if any(reply.permanent for reply in bounce.replies):
        return f"{named} came back undelivered: this is the bounce"
    if any(reply.permanent is False for reply in bounce.replies):
        return f"{named} has not been delivered so far: this is the notice of the delay"
    return f"{named} was passed on: this is a report of it"


def _probe_sentence(report: Report, status: str, subject: str) -> str:
    delivery = report.facts.delivery
    assert delivery is not None
    if delivery.submission is not None and not delivery.submission.accepted:
        return f"The probe from {subject} could not be sent"
    retrieval = delivery.retrieval
    if retrieval is None:
        return {
            "pass": f"The probe from {subject} was accepted; no mailbox was named to see it arrive",
            "warn": f"The probe from {subject} was accepted, with weak points; no mailbox was named",
            "fail": f"The probe from {subject} was accepted, with faults that receivers act on",
            "unknown": f"The probe from {subject} was accepted; no mailbox was named, not all is known",
        }[status]
    if retrieval.result == "bounced":
        return f"The probe from {subject} was sent and bounced"
    if retrieval.result == "deadline":
        return f"The probe from {subject} was accepted, and did not arrive in time"
    if retrieval.result == "error":
        return f"The probe from {subject} was accepted; the mailbox could not be read"
    where = " in Junk" if retrieval.junk else ""
    return {
        "pass": f"The probe from {subject} was sent, came back{where}, and is believed",
        "warn": f"The probe from {subject} came back{where} and is believed, with weak points",
        "fail": f"The probe from {subject} came back{where}, with faults that receivers act on",
        "unknown": f"The probe from {subject} came back{where}; not all could be found out",
    }[status]


def _counts(counts: Counter[Severity], unknown: int, report: Report) -> str:
    parts = [
        _number(counts[Severity.ERROR], "error"),
        _number(counts[Severity.WARNING], "warning"),
        f"{unknown} not found out" if unknown else "",
        f"{sum(outcome.status == 'pass' for outcome in report.outcomes)} checks passed",
    ]
    return ", ".join(part for part in parts if part)


def _number(count: int, word: str) -> str:
    return f"{count} {word}{'s' if count != 1 else ''}" if count else ""


def write_verdict(page: Page, report: Report) -> None:
    """Two lines: the verdict and grade; the counts."""
    status, sentence, counts = verdict(report)
    signs = page.signs
    sign = {"pass": signs.ok, "warn": signs.warn, "fail": signs.fail, "unknown": signs.unknown}[status]
    style = f"mp.{status}"
    page.line((f"{sign} {sentence}", style), hang=2)
    points = "" if report.score.grade == "?" else f" ({report.score.points}/100)"
    if points and report.interrupted:
        points += " so far"
    grade = Text.assemble("  grade ", (report.score.grade, style), points)
    page.line(grade, f" {signs.dot} {counts}", hang=2)
