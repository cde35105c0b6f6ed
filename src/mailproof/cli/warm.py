"""Imports what comes after the DNS while the DNS is waited for."""

from __future__ import annotations

import asyncio
import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mailproof.render.formats import Format


def warm_up(form: Format) -> None:
    """Start importing the rules and the renderer in a thread: a tenth of a second less after the DNS."""
    asyncio.get_running_loop().run_in_executor(None, _import, form.modules)


def _import(names: tuple[str, ...]) -> None:
    from mailproof.checks import registry

    registry.checks("domain")
    for name in names:
        importlib.import_module(name)
