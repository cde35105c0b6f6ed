"""A cache for parsers: the same records are parsed for each message of a domain."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import Concatenate, ParamSpec, TypeVar

#: Longer texts are not cached, so that the cache stays small.
LONGEST = 8_192
_P = ParamSpec("_P")
_T = TypeVar("_T")


def remembered(
    size: int,
) -> Callable[[Callable[Concatenate[str, _P], _T]], Callable[Concatenate[str, _P], _T]]:
    """Cache the last ``size`` results of a pure function of a text and further hashable arguments."""

    def decorate(parse: Callable[Concatenate[str, _P], _T]) -> Callable[Concatenate[str, _P], _T]:
        cached = lru_cache(maxsize=size)(parse)

        @wraps(parse)
        def call(text: str, /, *args: _P.args, **kwargs: _P.kwargs) -> _T:
            if len(text) > LONGEST:
                return parse(text, *args, **kwargs)
            return cached(text, *args, **kwargs)  # type: ignore[arg-type] # typeshed wants Hashable

        return call

    return decorate
