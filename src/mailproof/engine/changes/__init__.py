"""Two reports of one domain compared: what changes for its mail, and whether for the worse."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from mailproof.engine.changes.findings import finding_changes
from mailproof.engine.changes.keys import key_changes, unresolved_keys
from mailproof.engine.changes.policies import dmarc_changes, mx_changes, rpt_changes, sts_changes
from mailproof.engine.changes.senders import MOST_RANGES, sender_changes
from mailproof.model import DomainFacts, Report
from mailproof.model.changes import CHANGE_PARTS, Change, DomainChanges
from mailproof.records.address_set import AddressSet
from mailproof.records.networks import parse_network
from mailproof.structs import replace

_ORDER = ("worse", "unknown", "better", "neutral")


def compare(
    domain: str, before: Report | None, after: Report | None, *, unmanaged_stays: bool = False
) -> DomainChanges:
    """The changes of a domain. A report is None if that side does not have the domain.

    With ``unmanaged_stays`` (two plans), records queried on neither side are unchanged.
    """
    changes = tuple(
        sorted(
            _all(domain, before, after, unmanaged_stays),
            key=lambda each: (
                CHANGE_PARTS.index(each.part),
                _ORDER.index(each.effect),
                each.severity.rank if each.severity is not None else -1,
            ),
        )
    )
    return DomainChanges(domain, changes, _grade(before, after), _grade(after, before))


def _grade(report: Report | None, other: Report | None) -> str | None:
    """The grade of a report; None if it does not cover all the keys that the other one knows."""
    return None if report is None or unresolved_keys(report, other) else report.score.grade


def _all(domain: str, before: Report | None, after: Report | None, unmanaged_stays: bool) -> Iterator[Change]:
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
        parts = (
            ("spf", sender_changes(old.spf, new.spf)),
            ("dkim", key_changes(old, new)),
            ("dmarc", dmarc_changes(old.dmarc, new.dmarc)),
            ("mx", mx_changes(old, new)),
            ("mta_sts", sts_changes(old.mta_sts, new.mta_sts)),
            ("tls_rpt", rpt_changes(old.tls_rpt, new.tls_rpt)),
        )
        untouched = _unasked(old) & _unasked(new) if unmanaged_stays else set()
        for part, changes in parts:
            if part not in untouched:
                yield from changes
    yield from finding_changes(before, after)


def _unasked(facts: DomainFacts) -> set[str]:
    """The parts whose record was not queried."""
    lookups = {
        "spf": facts.spf.root.lookup if facts.spf is not None else None,
        "dmarc": facts.dmarc.walk.unknown if facts.dmarc is not None else None,
        "mx": facts.mx_lookup,
        "mta_sts": facts.mta_sts.lookup if facts.mta_sts is not None else None,
        "tls_rpt": facts.tls_rpt.lookup if facts.tls_rpt is not None else None,
    }
    return {part for part, each in lookups.items() if each is not None and each.status == "unasked"}


def accepting(
    found: Iterable[DomainChanges], leaving: Sequence[str]
) -> tuple[tuple[DomainChanges, ...], tuple[str, ...]]:
    """The changes with the intended ones accepted, and those of ``leaving`` that match no change.

    Each names a provider, an SPF term or the domain in it, a selector, or a network. Only changes of
    senders and keys can be accepted this way; findings need ``--ignore``.
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
    """Whether it names the change, by a name or by a network that contains all its addresses."""
    text = leaving.strip().lower().rstrip(".")
    if any(text == name.lower().rstrip(".") for name in change.names):
        return True
    if parse_network(text) is None or not 0 < len(change.addresses) < MOST_RANGES:
        return False  # beyond that limit, not all ranges are kept
    return AddressSet.of(change.addresses) <= AddressSet.of((text,))
