"""Imports what comes after the DNS while the DNS is waited for."""

from __future__ import annotations

import asyncio
import importlib

#: The rules and the renderer: a tenth of a second that need not be spent after the last answer.
_LATER = ("mailproof.checks.spf", "mailproof.checks.dkim", "mailproof.checks.dmarc", "mailproof.checks.mx")
_SHOWN = ("mailproof.render.text", "rich.table")


def warm_up(*, text: bool) -> asyncio.Future[None]:
    """Start importing in a thread of its own. The caller need not wait for it."""
    return asyncio.get_running_loop().run_in_executor(None, _import, (*_LATER, *(_SHOWN if text else ())))


def _import(names: tuple[str, ...]) -> None:
    for name in names:
        importlib.import_module(name)
