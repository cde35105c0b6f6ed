"""Fixes that replace a TXT record, or words if the domain's owner can't."""

from __future__ import annotations

from mailproof.model import Fix, FixKind, FixRecord, Lookup
from mailproof.names import is_within


def owner_note(lookup: Lookup, domain: str) -> str:
    """A sentence on who must change the record, if that is not the owner of ``domain``; else ""."""
    if lookup.chain:
        return f"{lookup.name} is an alias of {lookup.chain[-1]}: its owner must change the record there."
    if not is_within(lookup.name, domain):
        return f"{lookup.name} is not below {domain}: its owner must change the record."
    return ""


def replaced(
    lookup: Lookup, domain: str, summary: str, old: tuple[str, ...], new: str, kind: FixKind = "repair"
) -> Fix:
    """A fix that publishes ``new`` ("": nothing) instead of ``old``, in words if another owner must do it."""
    if owner := owner_note(lookup, domain):
        return Fix(f"{summary} {owner}{f' The record would be: {new}' if new else ''}", kind=kind)
    removed = tuple(FixRecord(lookup.name, "TXT", text, action="remove") for text in old if text != new)
    return Fix(summary, (*removed, FixRecord(lookup.name, "TXT", new)) if new else removed, kind)
