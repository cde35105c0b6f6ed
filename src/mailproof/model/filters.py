"""Spam filters: what they wrote into the header, and the verdicts of those we asked."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

FilterJudgement = Literal["spam", "phish", "malware", "bulk", "clean", "bypassed", "unknown"]


class FilterDetail(Struct, frozen=True):
    """One part of a filter's header, like ``SCL`` ``5``, and its meaning ("" if that is not published)."""

    name: str
    value: str
    meaning: str = ""


class FilterVerdict(Struct, frozen=True):
    """One header of a spam filter. ``trusted``: its position shows that the trusted server wrote it.

    ``score`` and ``threshold`` are on that filter's own scale, None if it gives none.
    """

    filter: str
    header: str
    judgement: FilterJudgement
    score: float | None = None
    threshold: float | None = None
    details: tuple[FilterDetail, ...] = ()
    trusted: bool = False


#: ``deferred``: the filter wants it retried later (greylisting); ``unknown``: it gave no answer.
AskedVerdict = Literal["spam", "deferred", "clean", "unknown"]
#: ``login``: the server wants a password, or ours could not be read; ``status``: it answered with an error.
AskedProblem = Literal[
    "",
    "login",
    "no-address",
    "no-body",
    "protocol",
    "redirect",
    "refused",
    "skipped",
    "status",
    "stopped",
    "timeout",
    "tls",
    "too-large",
    "unreachable",
    "unresolved",
]


class FilterSymbol(Struct, frozen=True):
    """One rule of a filter that the message hit. ``score`` is None if the filter did not report it.

    ``description`` and ``options`` are the filter's own words.
    """

    name: str
    score: float | None = None
    description: str = ""
    options: tuple[str, ...] = ()


class AskedFilter(Struct, frozen=True):
    """The answer of a spam filter that we asked about the message.

    ``server`` is its host and port, path or URL; ``action`` what Rspamd would have done (``reject``,
    ``add header``, …); ``threshold`` the score at which a message counts as spam (Rspamd: is refused);
    ``symbols`` are ordered by weight, highest first. If ``verdict`` is ``unknown``, ``problem`` says why in
    words and ``problem_code`` as a code. ``password_in_clear``: our password went to another machine without
    TLS.
    """

    filter: Literal["SpamAssassin", "Rspamd"]
    server: str
    verdict: AskedVerdict = "unknown"
    action: str = ""
    score: float | None = None
    threshold: float | None = None
    symbols: tuple[FilterSymbol, ...] = ()
    problem: str = ""
    problem_code: AskedProblem = ""
    password_in_clear: bool = False
