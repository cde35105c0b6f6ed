"""Import dnspython without its search through the metadata of all packages: 20 ms at each start.

``dns.name`` asks for the version of idna by ``importlib.metadata``, which loads the ``email`` package and
reads files. Ours is new enough by our own requirements, so that its presence is all there is to ask.
This changes the whole process, so the command does it, and the library never.
``importlib.metadata`` is stood in for by a module that loads the real one when anything of it is used.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
from types import ModuleType
from typing import Any

_NAME = "importlib.metadata"


def _stand_in() -> ModuleType:
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
    sys.modules[_NAME] = importlib.metadata = _stand_in()
    import dns._features

    dns._features.force("idna", importlib.util.find_spec("idna") is not None)
