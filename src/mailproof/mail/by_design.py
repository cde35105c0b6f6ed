"""Recognize the changes a provider always makes, as opposed to changes in transit."""

from __future__ import annotations

import re
from collections.abc import Sequence

from mailproof.model import Change, ComparisonFacts
from mailproof.records.message import split_fields
from mailproof.structs import replace

#: The fields covered by each word of ``senders.api.Rewrite``. Content-Type: see ``_of_boundaries``.
_FIELDS = {
    "Message-ID": ("message-id",),
    "Date": ("date",),
    "Return-Path": ("return-path",),
    "boundaries": ("mime-version",),
    "encodings": ("content-transfer-encoding",),
}
#: Fields not covered by ``headers``: a message without these is a different one.
_KEPT = frozenset(("from", "to", "cc", "subject", "reply-to", "date", "message-id", "content-type"))
_PARAMETER = re.compile(r";\s*[\w*-]{1,100}\s*=\s*(?:\"[^\"]*\"|[^;\s]*)")
#: Fields in which a provider's id may reappear, the provider's own before those of later servers.
_ID_FIELDS = ("message-id", "x-ses-outgoing", "x-message-id", "x-pm-message-id", "x-mailgun-message-id")


def by_design(comparison: ComparisonFacts, rewrites: Sequence[str]) -> ComparisonFacts:
    """The comparison, with changes that the provider always makes marked."""
    if not rewrites:
        return comparison
    changes = tuple(
        replace(each, harmless=True, expected=True, hop="")
        if not each.harmless and _expected(each, rewrites)
        else each
        for each in comparison.changes
    )
    intact = not any(each.part == "body" and not each.harmless for each in changes)
    return replace(comparison, changes=changes, body_intact=intact)


def named_in(arrived: bytes, provider_id: str) -> str:
    """The header field of the arrived message that contains the provider's id; "" for none."""
    if len(provider_id) < 6:
        return ""
    fields, _ = split_fields(arrived)
    wanted = provider_id.strip("<>")
    named = [field for field in fields if wanted in field.value]
    first = next((each for name in _ID_FIELDS for each in named if each.key == name), None)
    found = first or next(iter(named), None)
    return found.key if found is not None else ""


def _expected(change: Change, rewrites: Sequence[str]) -> bool:
    if change.part == "body":
        return _of_body(change, rewrites)
    name = change.name.lower()
    if any(name in _FIELDS.get(each, ()) for each in rewrites):
        return True
    if name == "content-type" and "boundaries" in rewrites:
        return _of_boundaries(change)
    return "headers" in rewrites and change.kind == "removed" and name not in _KEPT


def _of_boundaries(change: Change) -> bool:
    """Whether only the parameters differ, or the kind of multipart."""
    before, after = (_PARAMETER.sub("", text).strip().lower() for text in (change.before, change.after))
    return before == after or (before.startswith("multipart/") and after.startswith("multipart/"))


def _of_body(change: Change, rewrites: Sequence[str]) -> bool:
    if "encodings" in rewrites and change.name.endswith(" encoding"):
        return True
    if "boundaries" in rewrites and change.name == "MIME structure":
        return True
    return "html" in rewrites and change.name.startswith("text/html")
