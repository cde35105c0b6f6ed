"""The report as JSON (schema_version 2; the schema is docs/report.schema.json)."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import msgspec

from mailproof.model import Report
from mailproof.model.numbers import Large
from mailproof.render.document import document, written
from mailproof.render.look import SCREEN, Look
from mailproof.runners import IN_JSON, disarmed

#: DEL, C1 and Unicode format characters (Cf, Zl, Zp); outside ASCII they occur only within strings.
_CONTROLS = re.compile(
    "[\x7f-\x9f\xad\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f"
    "\ufeff\ufff9-\ufffb\U000110bd\U000110cd\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    "\U000e0000-\U000e007f]"
)
_ASCII = bytes(range(0x7F))
#: Keys of timestamps. In UTC they end in +00:00 (msgspec writes Z).
TIMES = (
    *("started", "checked", "day", "now", "today", "timestamp", "sent_at", "arrived_at", "not_before"),
    *("not_after", "expires"),
)
#: Cannot match within a string, where quotes are escaped.
_UTC = re.compile(rb'":"[-0-9]{10}T[0-9:.]+Z"')


def _encode_large(value: object) -> str:
    """Encode numbers that JavaScript would round as strings."""
    if isinstance(value, Large):
        return str(int(value))
    raise TypeError(f"{type(value).__name__} is not written as JSON")


_encode = msgspec.json.Encoder(enc_hook=_encode_large).encode


def render_json(reports: Report | Sequence[Report], look: Look = SCREEN) -> str:
    """The document for one or more reports: always a single JSON object. Ends with a newline."""
    del look
    return json_text(document((reports,) if isinstance(reports, Report) else reports))


def render_jsonl(reports: Sequence[Report], look: Look) -> str:
    """One line per report, for streams and line-based tools."""
    del look
    return "".join(json_text(written(report), indent=None) for report in reports)


def json_text(value: object, *, indent: int | None = 2) -> str:
    """Encode a model value or builtins as JSON that ends with a newline; on one line without ``indent``.

    Text is not reduced to ASCII, but terminal controls (C1, DEL, characters that reorder or hide text) and
    commands of pipeline runners are written as JSON escapes, which does not change the value.
    """
    raw = msgspec.json.format(encoded(value), indent=indent or 0)
    text = raw.decode() + "\n"
    if _CONTROLS.search(raw.translate(None, _ASCII).decode()):
        text = _CONTROLS.sub(_escaped, text)
    return disarmed(text, IN_JSON)


def to_plain(value: object) -> Any:
    """Convert a model value to JSON types."""
    return json.loads(encoded(value))


def encoded(value: object) -> bytes:
    """Encode a model value as compact JSON, for programs."""
    try:
        raw = _encode(value)
    except UnicodeEncodeError:  # undecodable octets, as surrogates
        raw = _encode(
            _without_surrogates(
                msgspec.to_builtins(value, builtin_types=(date, datetime), enc_hook=_encode_large)
            )
        )
    return _UTC.sub(_in_utc, raw)


def _in_utc(found: re.Match[bytes]) -> bytes:
    end = found.start()
    key = found.string[found.string.rfind(b'"', 0, end) + 1 : end]
    return found[0][:-2] + b'+00:00"' if key.decode() in TIMES else found[0]


def _without_surrogates(value: object) -> object:
    r"""Replace surrogates in builtins by text like ``\udc80``."""
    if isinstance(value, str):
        return value.encode("utf-8", "backslashreplace").decode()
    if isinstance(value, dict):
        return {key: _without_surrogates(each) for key, each in value.items()}
    return [_without_surrogates(each) for each in value] if isinstance(value, list | tuple) else value


def _escaped(found: re.Match[str]) -> str:
    return "\\u007f" if found[0] == "\x7f" else json.dumps(found[0])[1:-1]
