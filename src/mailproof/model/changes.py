"""What changes for a domain's mail between two states of its records."""

from __future__ import annotations

from typing import Literal, get_args

from msgspec import Struct

from mailproof.model.findings import Severity

#: ``unknown``: one side could not be checked, so it may be any of the others.
Effect = Literal["worse", "better", "neutral", "unknown"]
#: In display order.
ChangePart = Literal["domain", "senders", "dkim", "dmarc", "mx", "mta_sts", "tls_rpt", "findings"]
CHANGE_PARTS: tuple[ChangePart, ...] = get_args(ChangePart)


class Change(Struct, frozen=True):
    """One difference: in short (``what``), and in a sentence that can be pasted into a review.

    ``names`` are the names a user may refer to it by (an SPF term, the domain it names, a provider, a
    selector); ``addresses`` the ranges affected, ``address_count`` the number of addresses (as text: IPv6
    counts exceed JavaScript's numbers). ``severity`` is that of a finding; None if the change always counts.
    ``accepted``: the user said that it is intended.
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
    """All changes of one domain, those for the worse first in each part. A grade is None if unknown."""

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
        """The changes for the worse that count; findings count from severity ``fail_on`` upwards."""
        if fail_on == "never":
            return ()
        least = Severity(fail_on).rank
        return tuple(
            each
            for each in self._with_effect("worse")
            if not each.accepted and (each.severity is None or each.severity.rank <= least)
        )

    @property
    def unknown(self) -> tuple[Change, ...]:
        """What could not be compared."""
        return tuple(each for each in self._with_effect("unknown") if not each.accepted)

    def _with_effect(self, effect: Effect) -> list[Change]:
        return [each for domain in self.domains for each in domain.changes if each.effect == effect]
