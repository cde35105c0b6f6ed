"""Imports what comes after the DNS while the DNS is waited for."""

from __future__ import annotations

import asyncio
import importlib

#: A tenth of a second that need not be spent after the last answer.
_SHOWN = ("mailproof.render.text", "mailproof.render.text.domain", "rich.table")


def warm_up(*, text: bool) -> asyncio.Future[None]:
    """Start importing the rules and the renderer in a thread of its own. The caller need not wait for it."""
    return asyncio.get_running_loop().run_in_executor(None, _import, _SHOWN if text else ())


def _import(names: tuple[str, ...]) -> None:
    from mailproof.checks import registry

    registry.checks("domain")
    for name in names:
        importlib.import_module(name)
