"""Applies a mutant to the running process: replaces the code of the changed functions.

This also reaches modules that imported the function, and nothing needs to be imported again.
"""

from __future__ import annotations

import functools
import gc
import importlib
import pkgutil
from collections.abc import Iterator
from types import CodeType, FunctionType
from typing import Any

from tests.mutation.mutants import SOURCE, Mutant

Key = tuple[str, str, int]


class Functions:
    """All functions and caches of the package, found once, before the processes are forked."""

    def __init__(self) -> None:
        import mailproof

        for module in pkgutil.walk_packages(mailproof.__path__, "mailproof."):
            if not module.name.endswith("__main__"):
                importlib.import_module(module.name)
        self.known: dict[Key, list[FunctionType]] = {}
        self.caches: list[Any] = []
        for each in gc.get_objects():
            if isinstance(each, FunctionType) and each.__code__.co_filename.startswith(str(SOURCE)):
                self.known.setdefault(_key(each.__code__), []).append(each)
            elif isinstance(each, functools._lru_cache_wrapper):
                self.caches.append(each)

    def put(self, mutant: Mutant) -> bool:
        """Replace the code; False if that is not possible."""
        module = compile(mutant.tree(), str(mutant.file), "exec")
        done = False
        for code in _codes(module):
            first, last = _lines(code)
            if not first <= mutant.line <= last:
                continue
            for function in self.known.get(_key(code), ()):
                if function.__code__.co_freevars != code.co_freevars:
                    return False
                function.__code__ = code
                done = True
        for cache in self.caches:
            cache.cache_clear()
        return done


def _key(code: CodeType) -> Key:
    return code.co_filename, code.co_qualname, code.co_firstlineno


def _codes(code: CodeType) -> Iterator[CodeType]:
    for each in code.co_consts:
        if isinstance(each, CodeType):
            yield each
            yield from _codes(each)


def _lines(code: CodeType) -> tuple[int, int]:
    lines = [line for _, _, line in code.co_lines() if line]
    inner = [_lines(each)[1] for each in code.co_consts if isinstance(each, CodeType)]
    return code.co_firstlineno, max([*lines, *inner, code.co_firstlineno])
