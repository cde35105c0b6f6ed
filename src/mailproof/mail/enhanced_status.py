"""What enhanced status codes mean (RFC 3463 and its registry), with what large receivers mean by theirs."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from importlib import resources


@dataclass(frozen=True, slots=True)
class ReceiverCode:
    """A code that a receiver uses in a sense of its own; ``contains`` is a text that shows who speaks."""

    receiver: str
    codes: tuple[str, ...]
    contains: tuple[str, ...]
    meaning: str


@dataclass(frozen=True, slots=True)
class StatusRegistry:
    """The data file. ``date`` says how old it is."""

    date: str
    source: str
    classes: tuple[tuple[str, str], ...]
    subjects: tuple[tuple[str, str], ...]
    details: tuple[tuple[str, str], ...]
    receivers: tuple[ReceiverCode, ...]
    replies: tuple[tuple[str, str], ...]


@lru_cache(maxsize=1)
def registry() -> StatusRegistry:
    """The registry, read once."""
    import tomllib

    text = resources.files("mailproof.data").joinpath("enhanced_status.toml").read_text("utf-8")
    table = tomllib.loads(text)
    return StatusRegistry(
        date=table["date"],
        source=table["source"],
        classes=tuple(table["classes"].items()),
        subjects=tuple(table["subjects"].items()),
        details=tuple(table["details"].items()),
        receivers=tuple(
            ReceiverCode(r["receiver"], tuple(r["codes"]), tuple(r.get("contains", ())), r["meaning"])
            for r in table["receivers"]
        ),
        replies=tuple(table["replies"].items()),
    )


def meaning(enhanced: str, code: int = 0, text: str = "") -> str:
    """A sentence or two for an enhanced code (``5.7.26``), a reply code and the server's words.

    Empty where nothing is known of any of them.
    """
    data = registry()
    parts: list[str] = []
    own = _receiver(enhanced, text, data)
    if own is not None:
        parts.append(f"{own.receiver}: {own.meaning}")
    general = _general(enhanced, data)
    if general:
        parts.append(f"{enhanced}: {general}")
    elif not parts and code:
        words = dict(data.replies).get(str(code), "")
        if words:
            parts.append(f"{code}: {words}")
    return " ".join(parts)


def _general(enhanced: str, data: StatusRegistry) -> str:
    digits = enhanced.split(".")
    if len(digits) != 3 or not all(d.isdigit() for d in digits):
        return ""
    details = dict(data.details)
    detail = details.get(f"{digits[1]}.{digits[2]}")
    if detail:
        return detail
    return dict(data.subjects).get(digits[1], "")


def _receiver(enhanced: str, text: str, data: StatusRegistry) -> ReceiverCode | None:
    """The receiver's own sense of the code: told by its words, or by a code that only it uses."""
    lower = text.lower()
    for entry in data.receivers:
        if entry.codes and enhanced not in entry.codes:
            continue
        if entry.contains and not any(needle.lower() in lower for needle in entry.contains):
            continue
        return entry
    return None
