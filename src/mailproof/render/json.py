"""The report as JSON (schema_version 1; the schema is data/report.schema.json)."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from datetime import date
from enum import Enum
from typing import Any

from msgspec import Struct

from mailproof.model import FixRecord, Report

#: DEL, C1, and the format characters of Unicode (Cf, Zl, Zp): outside ASCII they only stand in strings.
_OBEYED = re.compile(
    "[\x7f-\x9f\xad\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f"
    "\ufeff\ufff9-\ufffb\U000110bd\U000110cd\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    "\U000e0000-\U000e007f]"
)


def render_json(reports: Report | Sequence[Report], *, indent: int | None = 2) -> str:
    """One report as a JSON object; several as an array of them. Ends with a newline."""
    plain = to_plain(reports) if isinstance(reports, Report) else [to_plain(report) for report in reports]
    return json_text(plain, indent=indent)


def json_text(plain: object, *, indent: int | None = 2) -> str:
    """Plain values as JSON that ends with a newline.

    Letters stand as they are; what a terminal would obey (C1, DEL, characters that reorder or hide text) is
    written as an escape, which means the same.
    """
    text = json.dumps(plain, indent=indent, ensure_ascii=False) + "\n"
    return text if text.isascii() and "\x7f" not in text else _OBEYED.sub(_escaped, text)


def _escaped(found: re.Match[str]) -> str:
    return "\\u007f" if found[0] == "\x7f" else json.dumps(found[0])[1:-1]


def to_plain(value: object) -> Any:
    """Any value of the model as JSON types. A field ``from_`` is written ``from``; surrogates are escaped."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, str):
        return value.encode("utf-8", "backslashreplace").decode("utf-8")
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Struct):
        plain = {name.rstrip("_"): to_plain(getattr(value, name)) for name in value.__struct_fields__}
        if isinstance(value, FixRecord):
            plain["bind"] = value.bind
        return plain
    if isinstance(value, tuple | list | frozenset):
        return [to_plain(item) for item in value]
    raise TypeError(f"{type(value).__name__} has no place in a report")
