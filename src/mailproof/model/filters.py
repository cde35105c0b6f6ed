"""What spam filters wrote into the header."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

FilterJudgement = Literal["spam", "phish", "malware", "bulk", "clean", "bypassed", "unknown"]


@dataclass(frozen=True, slots=True)
class FilterDetail:
    """One part of a filter's header, like ``SCL`` ``5``, and its meaning ("" where it is not published)."""

    name: str
    value: str
    meaning: str = ""


@dataclass(frozen=True, slots=True)
class FilterVerdict:
    """One header of a spam filter. ``trusted``: it stands where only the border could have written it.

    ``score`` and ``threshold`` are numbers of that filter's own scale, None where it gives none.
    """

    filter: str
    header: str
    judgement: FilterJudgement
    score: float | None = None
    threshold: float | None = None
    details: tuple[FilterDetail, ...] = ()
    trusted: bool = False
