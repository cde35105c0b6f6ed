"""What changes for a domain's mail between two states of its records."""

from __future__ import annotations

from typing import Literal, get_args

from msgspec import Struct

from mailproof.model.findings import Severity

#: ``unknown``: one of the sides does not say, so that it may be any of the others.
Effect = Literal["worse", "better", "neutral", "unknown"]
#: In the order in which they are shown.
ChangePart = Literal["domain", "senders", "dkim", "dmarc", "mx", "mta_sts", "tls_rpt", "findings"]
CHANGE_PARTS: tuple[ChangePart, ...] = get_args(ChangePart)


class Change(Struct, frozen=True):
    """One thing that differs: in short, and in a sentence that can be pasted into a review.

    ``names`` are what it can be called by (an SPF term, the domain it names, a provider, a selector);
    ``addresses`` the ranges that it is about, ``address_count`` how many there are (as text: IPv6 counts are
    larger than JavaScript's numbers). ``severity`` is that of a finding; None where it always counts.
    ``accepted``: it is meant to be so.
    """

    part: ChangePart
    effect: Effect
    what: str
    sentence: str
    old: str = ""
    new: str = ""
    names: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    address_count: str = ""
    rule: str = ""
    severity: Severity | None = None
    accepted: bool = False


class DomainChanges(Struct, frozen=True):
    """All changes of one domain, those for the worse first in each part. A grade is None where unknown."""

    domain: str
    changes: tuple[Change, ...] = ()
    old_grade: str | None = None
    new_grade: str | None = None


class Changes(Struct, frozen=True):
    """All domains of one comparison. ``old`` and ``new`` say what was compared."""

    old: str
    new: str
    domains: tuple[DomainChanges, ...] = ()

    def worse(self, fail_on: str = "error") -> tuple[Change, ...]:
        """The changes for the worse that count; of findings those from the severity ``fail_on`` on."""
        if fail_on == "never":
            return ()
        least = Severity(fail_on).rank
        return tuple(
            each
            for each in self._of("worse")
            if not each.accepted and (each.severity is None or each.severity.rank <= least)
        )

    @property
    def unknown(self) -> tuple[Change, ...]:
        """What could not be compared."""
        return tuple(each for each in self._of("unknown") if not each.accepted)

    def _of(self, effect: Effect) -> list[Change]:
        return [each for domain in self.domains for each in domain.changes if each.effect == effect]
