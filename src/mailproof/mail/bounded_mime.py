"""The standard library's MIME tree with short header values: it reads parameters in quadratic time."""

from __future__ import annotations

from email.message import Message
from typing import Any

MAX_VALUE = 4096


class BoundedMessage(Message):
    """A part of which no header value is longer than MAX_VALUE characters."""

    def get(self, name: str, failobj: Any = None) -> Any:
        """See Message."""
        missing = object()
        value = super().get(name, missing)
        return failobj if value is missing else str(value)[:MAX_VALUE]
