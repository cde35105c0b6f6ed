"""The parts by which reports are compared. An unknown part keeps its last known state."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import NamedTuple

from mailproof.checks import registry
from mailproof.engine.changes.findings import finding_changes
from mailproof.engine.changes.keys import key_changes
from mailproof.engine.changes.policies import dmarc_changes, mx_changes, rpt_changes, sts_changes
from mailproof.engine.changes.senders import sender_changes
from mailproof.grouping import grouped
from mailproof.model import (
    DkimDiscovery,
    DkimSelectorFacts,
    DomainFacts,
    Facts,
    Finding,
    Outcome,
    Report,
    Rule,
    TransportFacts,
)
from mailproof.model.changes import Change
from mailproof.monitor.events import Kind, News
from mailproof.monitor.limits import EVENT_TEXT
from mailproof.structs import replace


class Part(NamedTuple):
    """One part of two reports, and whether each knows it. ``take`` copies the later state into a report."""

    name: str
    news: tuple[News, ...]
    known: bool
    was_known: bool
    take: Callable[[Report], Report]


def compact(report: Report, kind: Kind) -> Report:
    """Reduce a report to what must be remembered: a domain's records and findings, or a probe's findings.

    Evidence and proposed fixes are dropped; an open outcome becomes ``unknown``. A ``reason`` is kept only
    beside findings: the list may be incomplete, or some earlier findings may still hold.
    """
    own = (
        each
        for each in report.outcomes
        if (registry.topic_of(each.check).kind == "domain") == (kind == "domain")
    )
    outcomes = tuple(map(_stripped, own))
    found = report.facts.dns
    facts = Facts()
    if kind == "domain" and found is not None:
        connected = found.transport is not None and found.transport.connected
        facts = Facts(
            dns=DomainFacts(
                domain=found.domain,
                spf=found.spf,
                dkim=found.dkim,
                dkim_discovery=found.dkim_discovery,
                dmarc=found.dmarc,
                mx_lookup=found.mx_lookup,
                mx=found.mx,
                mta_sts=found.mta_sts,
                tls_rpt=found.tls_rpt,
                transport=TransportFacts(connected=connected),
            )
        )
    return replace(report, outcomes=outcomes, facts=facts, suppressed=(), accepted=(), not_possible_here=())


def _stripped(outcome: Outcome) -> Outcome:
    if outcome.open:
        outcome = replace(outcome, status="unknown")
    findings = tuple(replace(each, evidence=(), fix=None) for each in outcome.findings)
    reason = outcome.reason if outcome.status in ("warn", "fail") else ""
    return replace(outcome, findings=findings, reason=reason, unanswered=())


def parts(before: Report, after: Report) -> Iterator[Part]:
    """All parts of two compact reports."""
    old, new = before.facts.dns, after.facts.dns
    if old is not None and new is not None:
        yield from _records(old, new)
        yield from _keys(old, new)
    yield from _findings(before, after)


def _records(old: DomainFacts, new: DomainFacts) -> Iterator[Part]:
    for name, changes in (
        ("senders", sender_changes(old.spf, new.spf)),
        ("dmarc", dmarc_changes(old.dmarc, new.dmarc)),
        ("mx", mx_changes(old, new)),
        ("mta_sts", sts_changes(old.mta_sts, new.mta_sts)),
        ("tls_rpt", rpt_changes(old.tls_rpt, new.tls_rpt)),
    ):
        known, was_known = _is_known(name, new), _is_known(name, old)
        news = tuple(map(_news, changes)) if known and was_known else ()
        yield Part(name, tuple(filter(None, news)), known, was_known, partial(_with_record, name, new))


#: The fields of a domain's facts that belong to each record.
_FIELDS = {
    "senders": ("spf",),
    "dmarc": ("dmarc",),
    "mx": ("mx_lookup", "mx"),
    "mta_sts": ("mta_sts",),
    "tls_rpt": ("tls_rpt",),
}


def _with_record(name: str, new: DomainFacts, report: Report) -> Report:
    old = report.facts.dns
    assert old is not None
    found = replace(old, **{field: getattr(new, field) for field in _FIELDS[name]})
    if name == "mta_sts" and found.mta_sts is not None and found.mta_sts.policy is None and old.mta_sts:
        policy = old.mta_sts.policy  # the new one could not be fetched
        found = replace(found, mta_sts=replace(found.mta_sts, policy=policy))
    return _with_dns(report, found)


def _is_known(name: str, facts: DomainFacts) -> bool:
    """Whether the record could be looked up, with everything it depends on."""
    if name == "senders":
        return facts.spf is not None and facts.spf.root.status != "unknown" and not facts.spf.unknown
    if name == "dmarc":
        found = facts.dmarc
        return found is not None and (found.record is not None or found.walk.unknown is None)
    if name == "mx":
        lookup = facts.mx_lookup
    else:
        announced = facts.mta_sts if name == "mta_sts" else facts.tls_rpt
        lookup = announced.lookup if announced is not None else None
    return lookup is not None and not lookup.undetermined


def _with_dns(report: Report, facts: DomainFacts) -> Report:
    return replace(report, facts=replace(report.facts, dns=facts))


def _keys(old: DomainFacts, new: DomainFacts) -> Iterator[Part]:
    """Selector by selector. One that is seen for the first time may have existed before."""
    changes = grouped(key_changes(old, new), lambda change: change.names[0])
    ours = {each.selector: each for each in old.dkim}
    for each in new.dkim:
        mine = ours.get(each.selector)
        found = [_news(change) for change in changes.get(each.selector, ())]
        if mine is None and not any(found) and each.status == "valid":
            found = [News("dkim", "neutral", f"A DKIM key is published at {each.name}, not seen before.")]
        yield Part(
            f"dkim {each.selector}",
            tuple(filter(None, found)),
            known=each.status != "unknown" or bool(each.target),
            was_known=mine is None or mine.status != "unknown" or bool(mine.target),
            take=partial(_with_key, each, new.dkim_discovery),
        )


def _with_key(key: DkimSelectorFacts, discovery: DkimDiscovery | None, report: Report) -> Report:
    old = report.facts.dns
    assert old is not None
    rest = tuple(each for each in old.dkim if each.selector != key.selector)
    return _with_dns(report, replace(old, dkim=(*rest, key), dkim_discovery=discovery or old.dkim_discovery))


def _findings(before: Report, after: Report) -> Iterator[Part]:
    """Rule by rule. A rule whose findings all follow from others is not reported separately."""
    changes: dict[str, list[News]] = {}
    following = _consequences(before) | _consequences(after)
    for change in finding_changes(before, after):
        found = _news(change)
        if found is not None and change.rule not in following:
            changes.setdefault(change.rule, []).append(found)
    old, new = _by_rule(before), _by_rule(after)
    for rule, outcomes in new.items():
        mine, news = old.get(rule, []), changes.get(rule, [])
        if any(each.reason for each in outcomes):  # one blocklist did not respond: its last listing may hold
            news = [each for each in news if each.effect != "better"]
            outcomes = [_with_findings_of(mine, each) for each in outcomes]
        yield Part(
            f"finding {rule}",
            tuple(news),
            known=_was_checked(outcomes),
            was_known=_was_checked(mine),
            take=partial(_with_outcomes, rule, tuple(outcomes), after.rules),
        )


def _with_outcomes(
    rule: str, outcomes: tuple[Outcome, ...], rules: tuple[Rule, ...], report: Report
) -> Report:
    kept = tuple(each for each in report.outcomes if each.check != rule)
    known = {each.id: each for each in (*report.rules, *rules)}
    return replace(report, outcomes=(*kept, *outcomes), rules=tuple(known.values()))


def _with_findings_of(before: list[Outcome], outcome: Outcome) -> Outcome:
    seen = {each.fingerprint for each in outcome.findings}
    same = (each for other in before if other.subject == outcome.subject for each in other.findings)
    kept = (each for each in same if each.fingerprint not in seen)
    return replace(outcome, findings=(*outcome.findings, *kept), reason="")


def _consequences(report: Report) -> set[str]:
    """The rules whose findings all follow from others."""
    own = {each.rule for each in report.findings if not each.because_of}
    return {each.rule for each in report.findings if each.because_of} - own


def _by_rule(report: Report) -> dict[str, list[Outcome]]:
    return grouped(report.outcomes, lambda outcome: outcome.check)


def _was_checked(outcomes: list[Outcome]) -> bool:
    """Whether a rule produced a result; one that did not apply has none."""
    return bool(outcomes) and all(each.status in ("pass", "warn", "fail") for each in outcomes)


def _news(change: Change) -> News | None:
    """A change as news; None if its effect is unknown."""
    if change.effect == "unknown":
        return None
    part: str = change.part
    if change.rule:
        part = "listing" if registry.topic_of(change.rule).name == "blocklist" else "finding"
    text = change.sentence[:EVENT_TEXT]
    severity = change.severity.value if change.severity is not None else ""
    return News(
        part, change.effect, text, change.old[:EVENT_TEXT], change.new[:EVENT_TEXT], change.rule, severity
    )


def severity_counts(findings: tuple[Finding, ...]) -> str:
    """The number of findings of each severity, as text."""
    names = ("error", "warning", "info")
    counts = [(name, sum(each.severity.value == name for each in findings)) for name in names]
    said = [
        f"{count} {name}{'s' if count != 1 and name != 'info' else ''}" for name, count in counts if count
    ]
    return ", ".join(said) or "no findings"
