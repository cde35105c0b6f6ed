"""Additions to msgspec Structs: ``replace``, type-checked like that of dataclasses, and cached functions."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from dataclasses import replace
else:
    from msgspec.structs import replace

__all__ = ["kept", "replace"]

_S = TypeVar("_S")
_T = TypeVar("_T")


def kept(make: Callable[[_S], _T]) -> Callable[[_S], _T]:
    """Cache the result of a pure function of a Struct (with ``dict=True``) in the Struct itself."""
    name = f"{make.__module__}.{make.__qualname__}"

    @wraps(make)
    def call(of: _S) -> _T:
        known = of.__dict__
        if name not in known:
            known[name] = make(of)
        return known[name]  # type: ignore[no-any-return] # what make returned

    return call
