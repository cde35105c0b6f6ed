"""dkimpy's own verification results, for comparison with ours."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def bare_verify(message: bytes, keys: Mapping[str, str], index: int = 0) -> str:
    """dkimpy's result for one signature: ``pass``, ``fail``, or the name of the exception.

    ``keys`` are the TXT records by name.
    """
    import dkim

    try:
        verifier = dkim.DKIM(message)
        return "pass" if verifier.verify(idx=index, dnsfunc=_dns(keys)) else "fail"
    except (dkim.DKIMException, ValueError) as error:
        return type(error).__name__


def bare_arc_verify(message: bytes, keys: Mapping[str, str]) -> str:
    """dkimpy's result for the ARC chain: ``pass``, ``fail`` or ``none``."""
    import dkim

    result, _, _ = dkim.arc_verify(message, dnsfunc=_dns(keys))
    return result.decode() if result else "none"


def _dns(keys: Mapping[str, str]) -> Any:
    def lookup(name: bytes, timeout: int = 5) -> bytes | None:
        text = keys.get(name.decode("ascii", "replace").rstrip(".").lower())
        return text.encode() if text is not None else None

    return lookup
