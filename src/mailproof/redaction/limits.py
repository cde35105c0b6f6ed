"""The bounds of the redactor."""

from __future__ import annotations

#: Secrets that one run remembers to hide, in number; the oldest are forgotten first.
MOST_SECRETS = 64
