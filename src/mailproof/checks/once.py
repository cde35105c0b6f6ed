"""What the rules of a topic share, made once of the same facts.

Most rules of a topic begin alike: with the records that they are about, or the reason why there are none.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial, wraps
from typing import Any, TypeVar

from msgspec import Struct

from mailproof.checks.base import ImpossibleHere, NotApplicable, Reporter, Undetermined
from mailproof.model import DomainFacts, Lookup

_Shared = TypeVar("_Shared", bound=Callable[..., Any])


class _Made(Struct, frozen=True):
    """What came of it: a value, or what to raise; and what could not be checked, where there is any."""

    value: Any = None
    end: Callable[[], Exception] | None = None
    unknown: dict[str, tuple[Lookup, ...]] | None = None


def once(make: _Shared) -> _Shared:
    """Keeps what a pure function of the facts comes to with the facts, for all rules that call it.

    What follows the facts is the rule's Reporter, if there is anything: it is given what could not be
    checked each time. No finding is reported there.
    """

    @wraps(make)
    def call(facts: DomainFacts, *args: Any) -> Any:
        key = (make, *args[1:]) if args else make
        made: _Made | None = facts.derived.get(key)
        if made is None:
            made = facts.derived[key] = _made(make, facts, *args)
        if made.unknown is not None:
            for reason, lookups in made.unknown.items():
                args[0].unknown(reason, lookups)
        if made.end is not None:
            raise made.end()
        return made.value

    return call  # type: ignore[return-value] # it is called as make is


def _made(make: Callable[..., Any], facts: DomainFacts, *args: Any) -> _Made:
    own = Reporter(args[0].rule, args[0].subject) if args else None
    value: Any = None
    end: Callable[[], Exception] | None = None
    try:
        value = make(facts, own, *args[1:]) if args else make(facts)
    except NotApplicable as ended:
        end = partial(NotApplicable, str(ended))
    except Undetermined as ended:
        end = partial(Undetermined, str(ended), ended.lookups)
    except ImpossibleHere as ended:
        end = partial(ImpossibleHere, ended.what, str(ended))
    return _Made(value, end, own.gaps if own is not None and own.gaps else None)
