"""Two reports of one domain compared: what changes for its mail, and whether for the worse."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from mailproof.engine.changes.findings import finding_changes
from mailproof.engine.changes.keys import key_changes
from mailproof.engine.changes.policies import dmarc_changes, mx_changes, rpt_changes, sts_changes
from mailproof.engine.changes.senders import MOST_RANGES, sender_changes
from mailproof.model import Report
from mailproof.model.changes import CHANGE_PARTS, Change, DomainChanges
from mailproof.records.address_set import AddressSet
from mailproof.records.networks import parse_network
from mailproof.structs import replace

_ORDER = ("worse", "unknown", "better", "neutral")


def compare(domain: str, before: Report | None, after: Report | None) -> DomainChanges:
    """What changes for a domain. A report is None where that side does not have the domain."""
    changes = tuple(
        sorted(
            _all(domain, before, after),
            key=lambda each: (
                CHANGE_PARTS.index(each.part),
                _ORDER.index(each.effect),
                each.severity.rank if each.severity is not None else -1,
            ),
        )
    )
    grades = (report.score.grade if report is not None else None for report in (before, after))
    return DomainChanges(domain, changes, *grades)


def _all(domain: str, before: Report | None, after: Report | None) -> Iterator[Change]:
    if after is None:
        sentence = f"{domain} is in OLD only: NEW does not say what becomes of its mail."
        yield Change("domain", "unknown", "in OLD only", sentence)
        return
    if before is None:
        yield Change(
            "domain", "neutral", "in NEW only", f"{domain} is in NEW only: nothing to compare it with."
        )
    old, new = before.facts.dns if before is not None else None, after.facts.dns
    if old is not None and new is not None:
        yield from sender_changes(old.spf, new.spf)
        yield from key_changes(old, new)
        yield from dmarc_changes(old.dmarc, new.dmarc)
        yield from mx_changes(old, new)
        yield from sts_changes(old.mta_sts, new.mta_sts)
        yield from rpt_changes(old.tls_rpt, new.tls_rpt)
    yield from finding_changes(before, after)


def accepting(
    found: Iterable[DomainChanges], leaving: Sequence[str]
) -> tuple[tuple[DomainChanges, ...], tuple[str, ...]]:
    """The same with what is left on purpose accepted, and those of ``leaving`` that nothing is lost of.

    Each names a provider, an SPF term or the domain in it, a selector, or a network. Only senders and keys
    that go are accepted so: a finding is left to ``--ignore``.
    """
    used: set[str] = set()

    def accepted(change: Change) -> Change:
        if change.effect not in ("worse", "unknown") or change.part not in ("senders", "dkim"):
            return change
        by = [each for each in leaving if _names(each, change)]
        used.update(by)
        return replace(change, accepted=True) if by else change

    domains = tuple(replace(each, changes=tuple(map(accepted, each.changes))) for each in found)
    return domains, tuple(each for each in leaving if each not in used)


def _names(leaving: str, change: Change) -> bool:
    """Whether it names the change, by a name or by a network that holds all its addresses."""
    text = leaving.strip().lower().rstrip(".")
    if any(text == name.lower().rstrip(".") for name in change.names):
        return True
    if parse_network(text) is None or not 0 < len(change.addresses) < MOST_RANGES:
        return False  # of more ranges than these not all are kept
    return AddressSet.of(change.addresses) <= AddressSet.of((text,))
