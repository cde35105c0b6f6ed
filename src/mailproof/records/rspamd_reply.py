"""Parses Rspamd's response to ``POST /checkv2``: a JSON object with action, score and symbols."""

from __future__ import annotations

import math
from typing import Any, NoReturn

from msgspec import Struct

from mailproof.model.filters import AskedVerdict, FilterSymbol
from mailproof.records.spamd_reply import MAX_SYMBOLS, MAX_TEXT, ReplyError, shown

MAX_OPTIONS = 5
#: The verdict that each of Rspamd's actions means (https://docs.rspamd.com/configuration/metrics).
ACTIONS: dict[str, AskedVerdict] = {
    "reject": "spam",
    "discard": "spam",
    "quarantine": "spam",
    "add header": "spam",
    "rewrite subject": "spam",
    "soft reject": "deferred",
    "greylist": "deferred",
    "no action": "clean",
    "accept": "clean",
}


class RspamdReply(Struct, frozen=True):
    """A reply. ``skipped``: Rspamd's settings exempt the message, so nothing was checked."""

    verdict: AskedVerdict
    action: str
    score: float
    threshold: float | None
    symbols: tuple[FilterSymbol, ...] = ()
    skipped: bool = False


def read_rspamd_reply(raw: bytes) -> RspamdReply:
    """Parse the body of a response with status 200. Raises ReplyError."""
    import json

    try:
        reply = json.loads(raw.decode("utf-8", "replace"), parse_constant=_no_number)
    except (ValueError, RecursionError):
        raise ReplyError("the answer is not JSON") from None
    if not isinstance(reply, dict):
        raise ReplyError("the answer is not a JSON object")
    action = reply.get("action")
    if not isinstance(action, str):
        error = reply.get("error")
        said = f": {shown(error)}" if isinstance(error, str) else ""
        raise ReplyError(f"the answer names no action{said}", status=bool(said))
    score = _number(reply.get("score"))
    if score is None:
        raise ReplyError("the answer has no score")
    action = shown(action[:80])
    verdict = ACTIONS.get(action.lower(), "unknown")
    skipped = reply.get("is_skipped") is True and verdict == "clean"
    return RspamdReply(
        "unknown" if skipped else verdict,
        action,
        score,
        _number(reply.get("required_score")),
        _symbols(reply.get("symbols")),
        skipped,
    )


def _no_number(text: str) -> NoReturn:
    raise ValueError(f"{text} is not JSON")


def _number(value: Any) -> float | None:
    """A finite number of sensible size, or None."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    if not -1e9 < value < 1e9:  # before float(), because an integer may have thousands of digits
        return None
    return round(float(value), 4) if math.isfinite(value) else None


def _symbols(value: Any) -> tuple[FilterSymbol, ...]:
    """The symbols with the largest scores, whether positive or negative, in descending order."""
    if not isinstance(value, dict):
        return ()
    found = [_symbol(name, each) for name, each in list(value.items())[:5000]]
    found.sort(key=lambda each: (-abs(each.score or 0.0), each.name))
    return tuple(found[:MAX_SYMBOLS])


def _symbol(name: str, value: Any) -> FilterSymbol:
    if not isinstance(value, dict):
        return FilterSymbol(shown(name[:100]))
    description, options = value.get("description"), value.get("options")
    return FilterSymbol(
        shown(name[:100]),
        _number(value.get("score")),
        shown(description) if isinstance(description, str) else "",
        tuple(shown(each[:MAX_TEXT]) for each in options[:MAX_OPTIONS] if isinstance(each, str))
        if isinstance(options, list)
        else (),
    )
