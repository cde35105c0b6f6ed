"""The report as JSON (schema_version 1; the schema is data/report.schema.json)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import fields, is_dataclass
from datetime import datetime
from enum import Enum
from typing import Any

from mailproof.model import FixRecord, Report


def render_json(reports: Report | Sequence[Report], *, indent: int | None = 2) -> str:
    """One report as a JSON object; several as an array of them. Ends with a newline."""
    plain = to_plain(reports) if isinstance(reports, Report) else [to_plain(report) for report in reports]
    return json.dumps(plain, indent=indent, ensure_ascii=False) + "\n"


def to_plain(value: object) -> Any:
    """Any value of the model as JSON types. A field ``from_`` is written ``from``; surrogates are escaped."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, str):
        return value.encode("utf-8", "backslashreplace").decode("utf-8")
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, datetime):
        return value.isoformat()
    if is_dataclass(value) and not isinstance(value, type):
        plain = {field.name.rstrip("_"): to_plain(getattr(value, field.name)) for field in fields(value)}
        if isinstance(value, FixRecord):
            plain["bind"] = value.bind
        return plain
    if isinstance(value, tuple | list | frozenset):
        return [to_plain(item) for item in value]
    raise TypeError(f"{type(value).__name__} has no place in a report")
