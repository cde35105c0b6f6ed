"""One mark per topic: for the second line of a report, and for the rows of tables."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping
from itertools import chain
from typing import Literal, NamedTuple

from mailproof.grouping import grouped
from mailproof.model import DeliveryFacts, DkimVerdict, DomainFacts, MessageFacts, Outcome, Report, Severity
from mailproof.model.findings import letters_of

MarkStatus = Literal["pass", "warn", "fail", "unknown", "none"]
#: The topics of a domain, each with its rule id prefixes.
TOPICS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("SPF", ("SPF",)),
    ("DKIM", ("DKIM",)),
    ("DMARC", ("DMARC",)),
    ("MX", ("MX",)),
    ("TLS", ("TLS",)),
    ("DANE", ("DANE",)),
    ("DNS", ("DNS", "DOM")),
    ("MTA-STS", ("STS",)),
    ("TLS-RPT", ("TLSRPT",)),
    ("BIMI", ("BIMI",)),
    ("Blocklists", ("RBL",)),
)
#: The prefixes to count rules for that are about another protocol than their own prefix says.
_ABOUT = {
    "PARK001": "MX",
    "PARK002": "SPF",
    "PARK003": "DMARC",
    "PARK004": "DKIM",
    "EXP001": "SPF",
    "EXP002": "SPF",
    "EXP003": "DKIM",
    "EXP004": "DMARC",
    "EXP005": "MX",
    "EXP007": "DANE",
}
#: The topics after a message's own results.
_OF_MESSAGE = (("Headers", ("MSG",)), *TOPICS[3:])
RESULTS: dict[str, MarkStatus] = {
    "pass": "pass",
    "fail": "fail",
    "permerror": "fail",
    "policy": "fail",
    "softfail": "warn",
    "neutral": "warn",
    "none": "warn",
    "temperror": "unknown",
}
_WORST_FIRST: tuple[tuple[str, MarkStatus], ...] = (
    ("fail", "fail"),
    ("warn", "warn"),
    ("error", "unknown"),
    ("unknown", "unknown"),
    ("pass", "pass"),
)
#: Worst first.
GRAVITY: tuple[MarkStatus, ...] = ("fail", "unknown", "warn", "pass", "none")


class Mark(NamedTuple):
    """The result for one topic; ``none``: nothing is published or used, and nothing needs to be."""

    topic: str
    status: MarkStatus


def scorecard(report: Report) -> tuple[Mark, ...]:
    """The marks of a report, without topics of which nothing was checked."""
    facts = report.facts
    if facts.dns is not None and not facts.dns.exists and facts.message is None:
        return ()
    marks: list[Mark] = []
    delivery = facts.delivery
    if facts.recipients:
        marks += _worst(_delivery(each.delivery) for each in facts.recipients)
        marks += _worst(_message(each.message) for each in facts.recipients if each.message is not None)
    else:
        marks += _delivery(delivery) if delivery is not None else ()
        marks += _as_bad(_message(facts.message), report) if facts.message is not None else ()
    about = {report.subject, *(each.recipient for each in facts.placements)}
    about.add(report.subject if facts.dns is None else facts.dns.domain)
    if facts.message is None and delivery is None:
        about.update(each.domain for each in facts.domains)
    seen = seen_of(report, about)
    not_used = _unused(facts.dns)
    for topic, letters in _OF_MESSAGE if facts.message is not None or delivery is not None else TOPICS:
        status = topic_status(seen, letters)
        if status == "none" and any("not here" in seen.get(name, ()) for name in letters):
            status = "unknown"
        if status is not None:
            unused = topic in not_used
            if topic != "Blocklists" or not unused:  # blocklists are queried only on request
                marks.append(Mark(topic, "none" if unused and status == "pass" else status))
    return tuple(marks)


def _worst(several: Iterable[Iterable[Mark]]) -> Iterator[Mark]:
    """The worst mark of each topic."""
    for marks in grouped(chain.from_iterable(several), lambda mark: mark.topic).values():
        yield min(marks, key=lambda mark: GRAVITY.index(mark.status))


def _delivery(facts: DeliveryFacts) -> Iterator[Mark]:
    if facts.submission is not None:
        sent = facts.submission
        yield Mark("Dry run" if sent.dry_run else "Sent", "pass" if sent.accepted else "fail")
    if facts.retrieval is not None:
        yield Mark("Arrived", _arrived(facts.retrieval.result, facts.retrieval.junk))


def _unused(facts: DomainFacts | None) -> frozenset[str]:
    """The optional topics that the domain does not use, so that their rules have nothing to check."""
    if facts is None:
        return frozenset()
    sts, reports, bimi = facts.mta_sts, facts.tls_rpt, facts.bimi
    used = {
        "MTA-STS": sts is not None and (sts.records or sts.policy is not None),
        "TLS-RPT": reports is not None and reports.records,
        "BIMI": bimi is not None and any(each.records for each in bimi.selectors),
        "DANE": facts.dane is not None and any(host.records for host in facts.dane.hosts),
        "TLS": facts.transport is not None and facts.transport.connections,
        "Blocklists": facts.blocklists is not None and facts.blocklists.listings,
    }
    return frozenset(topic for topic, there in used.items() if not there)


def seen_of(report: Report, subjects: Container[str]) -> Mapping[str, set[str]]:
    """The statuses of the outcomes about these subjects, by rule id prefix.

    ``noted`` is a pass with findings; ``not here`` is impossible on this machine.
    """
    found = defaultdict[str, set[str]](set)
    for each in report.outcomes:
        if each.subject in subjects:
            special = each.findings or each.unanswered or each.not_possible_here
            found[_letters(each.check)].add(_status(each) if special else each.status)
    return found


def _status(outcome: Outcome) -> str:
    if outcome.unanswered and outcome.unasked:
        return "unknown"
    if outcome.not_possible_here:
        return "not here"
    return "noted" if outcome.findings and outcome.status == "pass" else outcome.status


def topic_status(seen: Mapping[str, set[str]], letters: tuple[str, ...]) -> MarkStatus | None:
    """The worst outcome of the rules with these id prefixes; None if none of them was checked."""
    statuses = {status for name in letters for status in seen.get(name, ())}
    if not statuses:
        return None
    return next((mark for status, mark in _WORST_FIRST if status in statuses), "none")


def _letters(rule: str) -> str:
    return _ABOUT.get(rule) or letters_of(rule)


def _arrived(result: str, junk: bool) -> MarkStatus:
    if result == "found":
        return "fail" if junk else "pass"
    return "fail" if result in ("deadline", "bounced") else "unknown"


def _as_bad(marks: Iterable[Mark], report: Report) -> Iterator[Mark]:
    """The marks of a message, no weakness where a finding on the topic is an error."""
    errors = {each.rule for each in report.findings if each.severity is Severity.ERROR}
    failed = {rule.title.partition(":")[0] for rule in report.rules if rule.id in errors}
    for mark in marks:
        yield mark._replace(status="fail") if mark.status == "warn" and mark.topic in failed else mark


def _message(facts: MessageFacts) -> Iterator[Mark]:
    if facts.spf is not None:
        yield Mark("SPF", RESULTS.get(facts.spf.result, "unknown"))
    else:
        yield Mark("SPF", "none" if facts.inside else "unknown")
    yield Mark("DKIM", _dkim(facts.dkim))
    if facts.arc is not None and facts.arc.instance:
        yield Mark("ARC", RESULTS.get(facts.arc.result, "unknown"))
    if facts.dmarc is not None:
        yield Mark("DMARC", RESULTS.get(facts.dmarc.result, "unknown"))


def _dkim(verdicts: tuple[DkimVerdict, ...]) -> MarkStatus:
    """The mark of the best signature: one that passes is enough."""
    marks = [RESULTS.get(each.result, "unknown") for each in verdicts]
    best: tuple[MarkStatus, ...] = ("pass", "unknown", "warn")
    return next((status for status in best if status in marks), "fail" if marks else "warn")
