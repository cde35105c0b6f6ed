"""Import dnspython without its search of all packages' metadata, which costs 20 ms at each start.

``dns.name`` looks up the version of idna with ``importlib.metadata``, which loads the ``email`` package and
reads files. Our own requirements ensure that it is new enough, so only its presence matters. This affects the
whole process, so the command does it, and never the library.

``importlib.metadata`` is replaced by a module that loads the real one on first use.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
from types import ModuleType
from typing import Any

_NAME = "importlib.metadata"


def _lazy_metadata() -> ModuleType:
    module = ModuleType(_NAME)

    def load(name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        if sys.modules.get(_NAME) is module:
            del sys.modules[_NAME]
        return getattr(importlib.import_module(_NAME), name)

    module.__getattr__ = load  # type: ignore[method-assign] # PEP 562, on a module made here
    return module


if _NAME not in sys.modules and "dns" not in sys.modules:
    sys.modules[_NAME] = importlib.metadata = _lazy_metadata()
    import dns._features

    dns._features.force("idna", importlib.util.find_spec("idna") is not None)
