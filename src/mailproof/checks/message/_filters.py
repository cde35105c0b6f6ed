"""Shared by the rules on spam filters: the response of a queried filter, and its symbols in words."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from mailproof.checks.base import NotApplicable, Undetermined, parametrized
from mailproof.data.filter_symbols import cause_of
from mailproof.model import AskedFilter, FilterSymbol, FilterVerdict, Fix, MessageFacts

#: The most symbols that are shown.
MOST_SYMBOLS = 8
_OPTIONS = {"SpamAssassin": "--spamassassin", "Rspamd": "--rspamd"}


@parametrized
def response_of(facts: MessageFacts, name: Literal["SpamAssassin", "Rspamd"]) -> AskedFilter:
    """The filter's response. Raises NotApplicable if it was not queried, Undetermined without a response."""
    for asked in facts.asked_filters:
        if asked.filter == name:
            if asked.verdict == "unknown":
                raise Undetermined(f"{name} ({asked.server}): {asked.problem}")
            return asked
    raise NotApplicable(
        f"{name} was not asked ({_OPTIONS[name]}, or [filters.{name.lower()}] in mailproof.toml)"
    )


def points(asked: AskedFilter) -> str:
    """The score and the threshold."""
    score = "no score" if asked.score is None else f"{asked.score:g}"
    return score if asked.threshold is None else f"{score} of {asked.threshold:g} points"


def weightiest(symbols: Iterable[FilterSymbol]) -> tuple[FilterSymbol, ...]:
    """The symbols that count against the message; without scores, those with a known cause first."""
    listed = list(symbols)
    if any(each.score for each in listed):
        listed = [each for each in listed if each.score and each.score > 0]
    else:
        listed.sort(key=lambda each: cause_of(each.name) is None)
    return tuple(listed[:MOST_SYMBOLS])


def symbols_of(verdict: FilterVerdict) -> tuple[FilterSymbol, ...]:
    """The symbols listed in a header of SpamAssassin or Rspamd."""
    if verdict.filter not in _OPTIONS:
        return ()
    return tuple(FilterSymbol(each.name, _number(each.value)) for each in verdict.details if each.name)


def line_of(symbol: FilterSymbol) -> str:
    """A symbol as a line of evidence."""
    score = "" if symbol.score is None else f"{symbol.score:+.4g} "
    details = f" [{'; '.join(symbol.options[:2])}]" if symbol.options else ""
    cause = cause_of(symbol.name)
    proof = f" ({cause.check})" if cause is not None and cause.check else ""
    words = symbol.description.rstrip(".")
    line = f"{score}{symbol.name}{f': {words}' if words else ''}{details}"
    return f"{line}. Fix: {cause.fix}{proof}" if cause is not None else line


def fix_of(symbols: Iterable[FilterSymbol], otherwise: str) -> Fix:
    """The fix for the first symbol with a known cause (the evidence has the others), or ``otherwise``."""
    causes = list(dict.fromkeys(found.fix for each in symbols if (found := cause_of(each.name)) is not None))
    if not causes:
        return Fix(otherwise)
    first = f"{causes[0][:1].upper()}{causes[0][1:]}"
    return Fix(f"{first}; then fix the causes on the other lines" if len(causes) > 1 else first)


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
