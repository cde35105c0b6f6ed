"""Merges the outcomes of several recipients' messages into one report. Pure.

An outcome that is the same for all recipients appears once, about the From domain, as with one recipient.
Outcomes that differ appear once per recipient, about its address.
"""

from __future__ import annotations

from collections.abc import Sequence

from mailproof.engine.relate import relate
from mailproof.engine.report import rules_of
from mailproof.grouping import grouped
from mailproof.model import Outcome
from mailproof.structs import replace

#: A recipient's address, and the outcomes of its delivery and message.
Own = tuple[str, tuple[Outcome, ...]]


def merge_outcomes(
    recipients: Sequence[Own], domains: tuple[Outcome, ...]
) -> tuple[tuple[Outcome, ...], tuple[Outcome, ...]]:
    """The outcomes of all recipients, and those of the domains, each finding linked to its cause."""
    related: list[tuple[str, Outcome]] = []
    for address, own in recipients:
        every = (*own, *domains)
        related += ((address, outcome) for outcome in relate(every, rules_of(every))[: len(own)])
    merged: list[tuple[str, Outcome]] = []
    renamed: dict[tuple[str, str], str] = {}
    for group in grouped(related, lambda each: each[1].check).values():
        checked = [each for each in group if each[1].status != "skipped"] or group[:1]
        same = len({_key(outcome) for _, outcome in checked}) == 1
        for address, outcome in checked[:1] if same else group:
            new = outcome if same else _about(outcome, address)
            for old, finding in zip(outcome.findings, new.findings, strict=True):
                renamed[address, old.fingerprint] = finding.fingerprint
            merged.append((address, new))
    outcomes = tuple(_linked(outcome, address, renamed) for address, outcome in merged)
    return outcomes, relate(domains, rules_of(domains))


def _key(outcome: Outcome) -> object:
    """The key by which outcomes of two recipients are the same, leaving out details of the message."""
    places = [each.location and (each.location.name, each.location.rrtype) for each in outcome.findings]
    found = [(each.rule, each.severity, each.message, each.because_of) for each in outcome.findings]
    return outcome.status, tuple(found), tuple(places)


def _about(outcome: Outcome, address: str) -> Outcome:
    return replace(outcome, subject=address).mapped(lambda finding: replace(finding, subject=address))


def _linked(outcome: Outcome, address: str, renamed: dict[tuple[str, str], str]) -> Outcome:
    """The outcome whose findings refer to the new fingerprints of their causes."""
    return outcome.mapped(lambda f: replace(f, because_of=renamed.get((address, f.because_of), f.because_of)))
