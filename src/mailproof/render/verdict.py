"""The verdict on a report in one sentence, with counts, and the reason for an exit code."""

from __future__ import annotations

from collections import Counter
from typing import Literal, NamedTuple

from mailproof.model import (
    CONSEQUENCES,
    STATUS_SHORT,
    UNASKED,
    Consequence,
    Explanation,
    InboundFacts,
    MessageFacts,
    Report,
    Severity,
)
from mailproof.printable import first_of, listed
from mailproof.render.shown import counted

VerdictStatus = Literal["pass", "warn", "fail", "unknown"]

#: Topics that concern mail to the domain, and those that concern both directions.
_INCOMING = ("transport", "dane", "mta_sts")
_BOTH_WAYS = ("mx", "dns", "domain")

_FAULTS: dict[tuple[str, Consequence], str] = {
    ("fail", "lost"): "Some receivers will reject or junk mail from {}",
    ("fail", "forged"): "Mail from {} can be forged",
    ("fail", "reports"): "Mail from {} should be delivered, but {}",
    ("fail", "tidy"): "Mail from {} should be delivered, but its records have errors",
    ("warn", "lost"): "Mail from {} should be delivered, with some weaknesses",
    ("warn", "forged"): "Mail from {} should be delivered, but others can forge it",
    ("warn", "reports"): "Mail from {} should be delivered; {}",
    ("warn", "tidy"): "Mail from {} should be delivered, with minor faults",
}


class Verdict(NamedTuple):
    """The verdict on a report: a sentence, and counts (such as "1 error, 3 checks passed").

    The sentence contains untrusted names: renderers make them safe to show.
    """

    status: VerdictStatus
    sentence: str
    counts: str


def verdict(report: Report) -> Verdict:
    """The verdict on one report."""
    counts = Counter(cause.severity for cause in report.causes)
    status = _status(counts, report)
    return Verdict(status, _sentence(report, status), _counts(counts, report))


def exit_words(code: int) -> str:
    """An exit code and its meaning."""
    reason = {
        1: "findings at or over --fail-on",
        2: "an output could not be written",
        3: "something could not be checked",
        130: "interrupted",
    }.get(code)
    return f"exit code {code} ({reason})" if reason else f"exit code {code}"


def _status(counts: Counter[Severity], report: Report) -> VerdictStatus:
    if counts[Severity.ERROR]:
        return "fail"
    if _nothing_selected(report):
        return "unknown"
    # Selections and reports have no grade by design; that does not make them unknown.
    ungraded = report.selected or (report.facts.message is not None and report.facts.message.is_report)
    if report.incomplete or (report.score.grade is None and not ungraded):
        return "unknown"
    return "warn" if counts[Severity.WARNING] else "pass"


def _sentence(report: Report, status: str) -> str:
    domain = report.facts.dns
    subject = report.subject
    if domain is not None and domain.domain == subject and domain.unicode_domain not in ("", subject):
        subject = f"{domain.unicode_domain} ({subject})"
    if report.interrupted:
        return f"Interrupted: the results for {subject} so far"
    if domain is not None and not domain.exists:
        return f"{subject} does not exist"
    if report.selected:
        return _selected(report, status, subject)
    if report.facts.recipients:
        return _probes_sentence(report, status, subject)
    if report.facts.inbound is not None:
        return _inbound_sentence(report.facts.inbound)
    if report.facts.delivery is not None:
        return _probe_sentence(report, status, subject)
    if report.facts.message is not None:
        return _message_sentence(report, report.facts.message, status, subject)
    if domain is not None and domain.profile == "parked" and status != "unknown":
        says_so = not any(
            cause.severity is Severity.WARNING and cause.finding.rule.startswith("PARK")
            for cause in report.causes
        )
        return {
            "pass": f"{subject} is parked, and its records refuse all mail in its name",
            "warn": f"{subject} is parked, "
            + ("with minor faults in its records" if says_so else "but not all of its records say so"),
            "fail": f"{subject} is parked, with faults in its records",
        }[status]
    return _domain_sentence(report, status, subject)


def _domain_sentence(report: Report, status: str, subject: str) -> str:
    if status == "unknown":
        return _unknown(report, subject)
    if status == "pass":
        return f"Mail from {subject} should be delivered"
    topic, consequence = _topic(report), _consequence(report)
    if topic == "expected":
        return f"{subject} is not as mailproof.toml expects"
    if (status, consequence) == ("fail", "lost") and topic in _INCOMING:
        return f"Some mail to {subject} will not be delivered"
    if (status, consequence) == ("fail", "lost") and topic in _BOTH_WAYS:
        return f"Some mail from or to {subject} will not be delivered"
    missing = "its logo is missing" if topic == "bimi" else "some reports are missing"
    return _FAULTS[status, consequence].format(subject, missing)


def _topic(report: Report) -> str:
    """The topic of the first cause, which determines the verdict."""
    worst = report.causes[0].finding
    return next((rule.topic for rule in report.rules if rule.id == worst.rule), "")


def _consequence(report: Report) -> Consequence:
    """The worst consequence of the first cause's findings, among those of the same severity as the cause."""
    cause = report.causes[0]
    by_id = {rule.id: rule.consequence for rule in report.rules}
    found = (by_id.get(each.rule) for each in cause.all if each.severity is cause.severity)
    return min((each for each in found if each), key=CONSEQUENCES.index, default="lost")


def _unknown(report: Report, subject: str) -> str:
    if report.nothing_known:
        why = _cause_of_gap(report)
        if why == UNASKED:
            return f"{subject} is not in the given zones, and live DNS was not queried"
        return f"{subject} could not be checked: {why}"
    if any(cause.severity is Severity.WARNING for cause in report.causes):
        return f"Mail from {subject} has weaknesses, and some checks were not possible"
    return f"No fault found in what could be checked of {subject}"


def _cause_of_gap(report: Report) -> str:
    """Briefly why nothing is known; only the reason if the deciding queries were never sent."""
    failed = [each.failed for each in report.facts.deciding if each.failed is not None and not each.known]
    if not failed:
        return "its DNS did not answer in time"
    if all(lookup.status == "unasked" for lookup in failed):
        return failed[0].reason or UNASKED
    first = next(lookup for lookup in failed if lookup.status != "unasked")
    return f"{STATUS_SHORT[first.status]} for {first.rrtype} {first.name}"


def _selected(report: Report, status: str, subject: str) -> str:
    """The verdict on selected rules, which says that it covers only them."""
    alone = f"{listed(report.selected)} only"
    if _nothing_selected(report):
        return f"Nothing to check in {subject} ({alone})"
    return {
        "pass": f"No fault found in {subject} ({alone})",
        "warn": f"{subject} has weaknesses ({alone})",
        "fail": f"{subject} has faults ({alone})",
        "unknown": f"{subject} could not be checked completely ({alone})",
    }[status]


def _nothing_selected(report: Report) -> bool:
    """Whether none of the selected rules applies, which is not a pass."""
    applied = any(each.open or each.status != "skipped" for each in report.outcomes)
    return bool(report.selected) and not applied


def _message_sentence(report: Report, message: MessageFacts, status: str, subject: str) -> str:
    if message.bounce is not None:
        return _bounce_sentence(message.bounce)
    if message.is_report:
        return f"This has the form of {message.report}; it is not checked as mail"
    if message.report and message.dmarc is not None and message.dmarc.result == "fail":
        return f"This claims to be {message.report}, but DMARC fails for {message.from_domain}"
    this = f"this message from {subject}" if message.from_domain else f"this message ({subject})"
    if status == "unknown" and report.nothing_known:
        why = _cause_of_gap(report)
        failed = any(each.failed is not None for each in report.facts.deciding)
        return f"Could not authenticate {this}{f': {why}' if failed else ''}"
    if status == "fail" and _consequence(report) == "lost":
        return f"Some receivers will reject or junk {this}"
    return {
        "pass": f"T{this[1:]} should be accepted",
        "warn": f"T{this[1:]} should be accepted, with some weaknesses",
        "fail": f"T{this[1:]} has faults",
        "unknown": f"T{this[1:]} could not be checked completely",
    }[status]


def _bounce_sentence(bounce: Explanation) -> str:
    author = bounce.returned.from_domain if bounce.returned else ""
    named = f"A message from {author}" if author else "A message"
    if any(reply.permanent for reply in bounce.replies):
        return f"{named} bounced"
    if any(reply.permanent is False for reply in bounce.replies):
        return f"{named} is delayed: not delivered so far"
    return f"{named} was delivered or relayed (delivery report)"


def _inbound_sentence(facts: InboundFacts) -> str:
    control = facts.case("control")
    if control is None or control.place not in ("inbox", "junk"):
        what = {"refused": "was refused", "missing": "did not arrive"}
        why = what.get(control.place if control is not None else "", "could not be sent or found")
        return f"The harmless control message to {facts.recipient} {why}, so nothing else was sent"
    tried = [each.place for each in facts.cases if each.name != "control" and each.place != "skipped"]
    known = [place for place in tried if place != "unknown"]
    if not known:
        return f"What the server of {facts.recipient} refuses could not be found out"
    came, open_ = known.count("inbox"), len(tried) - len(known)
    more = f"; {open_} could not be followed" if open_ else ""
    number = f"{came} of {len(known)}" if came else f"None of {len(known)}"
    noun = "messages" if len(known) > 1 else "message"
    return f"{number} {noun} that should be refused reached the inbox of {facts.recipient}{more}"


def _probe_sentence(report: Report, status: str, subject: str) -> str:
    delivery = report.facts.delivery
    assert delivery is not None
    retrieval = delivery.retrieval
    sent = delivery.submission
    if (
        sent is not None
        and sent.in_doubt
        and (retrieval is None or retrieval.result not in ("found", "bounced"))
    ):
        late = ", and it did not arrive in time" if retrieval and retrieval.result == "deadline" else ""
        return f"The probe from {subject} may or may not have been accepted{late}"
    if sent is not None and not (sent.accepted or sent.in_doubt):
        would = "would not be accepted" if sent.dry_run else "could not be sent"
        return f"The probe from {subject} {would}"
    if sent is not None and sent.dry_run and getattr(sent, "simulated", True):
        return f"A probe from {subject} would be accepted; this was a dry run, and nothing was sent"
    if retrieval is None:
        found = {"fail": ", with faults", "warn": ", with some weaknesses"}.get(status, "")
        return f"The probe from {subject} was accepted{found}; no mailbox is configured to check its arrival"
    if retrieval.result == "bounced":
        return f"The probe from {subject} was sent and bounced"
    if retrieval.result == "deadline":
        return f"The probe from {subject} was accepted but did not arrive in time"
    if retrieval.result == "error":
        return f"The probe from {subject} was accepted; the mailbox could not be read"
    if retrieval.junk and status == "fail" and _topic(report) == "retrieval":
        return f"The probe from {subject} landed in the junk folder"
    where = " in Junk" if retrieval.junk else ""
    return _came_back(report, status, subject, f"The probe from {subject} came back{where}")


def _probes_sentence(report: Report, status: str, subject: str) -> str:
    """The verdict on a probe to several recipients: how many arrived, and where none did."""
    rows = report.facts.placements
    if all(each.result == "skipped" for each in rows):
        return _probe_sentence(report, status, subject)  # a dry run, or a provider's test mode
    found = [each for each in rows if each.result == "found"]
    junk = sum(each.junk for each in found)
    if all(each.result in ("refused", "not sent") for each in rows):
        return f"The probe from {subject} could not be sent to any of {len(rows)} recipients"
    if all(each.result == "sent" for each in rows):
        return f"The probe from {subject} was accepted for {len(rows)} recipients; no mailbox is configured"
    where = f", {junk} of them in Junk" if junk else ""
    if len(found) < len(rows):
        missing = [each.recipient for each in rows if each.result != "found"]
        came = f"The probe from {subject} came back from {len(found)} of {len(rows)} mailboxes{where}"
        return f"{came}, not from {first_of(missing, 3)}"
    came = f"The probe from {subject} came back from all {len(rows)} mailboxes{where}"
    return _came_back(report, status, subject, came)


def _came_back(report: Report, status: str, subject: str, came: str) -> str:
    if status == "fail":
        return {
            "lost": f"{came}, but some receivers will reject or junk such mail",
            "forged": f"{came}, but mail from {subject} can be forged",
        }.get(_consequence(report), f"{came}, with faults")
    return {
        "pass": f"{came} as expected",
        "warn": f"{came}, with some weaknesses",
        "unknown": f"{came}; some checks were not possible",
    }[status]


def _counts(counts: Counter[Severity], report: Report) -> str:
    parts = [
        _number(counts[Severity.ERROR], "error"),
        _number(counts[Severity.WARNING], "warning"),
        _number(report.statuses["pass"], "check", " passed"),
        _number(report.score.not_possible, "check", " not possible"),
        _number(len(report.suppressed), "finding", " ignored"),
    ]
    return ", ".join(filter(None, parts))


def _number(count: int, word: str, after: str = "") -> str:
    return f"{counted(count, word)}{after}" if count else ""
