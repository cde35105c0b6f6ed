"""What spam filters wrote into the header, and what those that were asked answered."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

FilterJudgement = Literal["spam", "phish", "malware", "bulk", "clean", "bypassed", "unknown"]


class FilterDetail(Struct, frozen=True):
    """One part of a filter's header, like ``SCL`` ``5``, and its meaning ("" where it is not published)."""

    name: str
    value: str
    meaning: str = ""


class FilterVerdict(Struct, frozen=True):
    """One header of a spam filter. ``trusted``: it is where only the trusted server can have written it.

    ``score`` and ``threshold`` are numbers of that filter's own scale, None where it gives none.
    """

    filter: str
    header: str
    judgement: FilterJudgement
    score: float | None = None
    threshold: float | None = None
    details: tuple[FilterDetail, ...] = ()
    trusted: bool = False


#: ``deferred``: the filter would have it tried again later (greylisting); ``unknown``: it gave no answer.
AskedVerdict = Literal["spam", "deferred", "clean", "unknown"]
#: ``login``: the server wants a password, or ours could not be had; ``status``: it answers with an error.
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
    """One rule of a filter that the message hit. ``score`` is None where the filter did not say it.

    ``description`` and ``options`` are the filter's own words.
    """

    name: str
    score: float | None = None
    description: str = ""
    options: tuple[str, ...] = ()


class AskedFilter(Struct, frozen=True):
    """What a spam filter answered that was asked about the message.

    ``server`` is where, as host and port, path or URL; ``action`` what Rspamd would have done (``reject``,
    ``add header``, …); ``threshold`` the score from which on a message is spam there (Rspamd: refused);
    ``symbols`` the weightiest first. Where ``verdict`` is ``unknown``, ``problem`` says why in words and
    ``problem_code`` in one. ``password_in_clear``: our password went to another machine without TLS.
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
