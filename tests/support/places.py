"""Locations of records."""

from __future__ import annotations

from mailproof.dns.written import Written


def place(written: Written | None) -> tuple[str, int]:
    """File and line."""
    return ("", 0) if written is None else (written.file, written.line)
