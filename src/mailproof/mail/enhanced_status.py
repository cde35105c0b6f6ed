"""The meaning of enhanced status codes: RFC 3463's registry, and receivers' own (``data.bounces``)."""

from __future__ import annotations

from functools import lru_cache

from msgspec import Struct

from mailproof.data.bounces import bounces, matches, speakers_in
from mailproof.data.reading import read


class StatusRegistry(Struct, frozen=True):
    """The registry's data file, as of ``date``; ``details`` are keyed by ``subject.detail``."""

    date: str
    source: str
    subjects: dict[str, str]
    details: dict[str, str]
    replies: dict[str, str]

    @property
    def registered(self) -> frozenset[str]:
        """All registered codes of classes 4 and 5."""
        return frozenset(f"{kind}.{detail}" for kind in "45" for detail in self.details)


@lru_cache(maxsize=1)
def registry() -> StatusRegistry:
    """The registry, loaded once."""
    return read("enhanced_status.toml", StatusRegistry)


def meaning(enhanced: str, code: int = 0, text: str = "") -> str:
    """A sentence or two on an enhanced code (``5.7.26``), a reply code and the server's text.

    Empty if all are unknown.
    """
    if own := _receiver(enhanced, code, text):  # a receiver uses codes in its own way
        return own
    if general := in_general(enhanced):
        return f"{enhanced}: {general}"
    words = of_reply(code)
    return f"{code}: {words}" if words else ""


def in_general(enhanced: str) -> str:
    """The registered meaning of a code, or that of its subject if the detail is unknown; else ""."""
    digits = enhanced.split(".")
    if len(digits) != 3 or not all(d.isdigit() for d in digits):
        return ""
    detail = registry().details.get(f"{digits[1]}.{digits[2]}")
    return detail or registry().subjects.get(digits[1], "")


def of_reply(code: int) -> str:
    """The meaning of an SMTP reply code (RFC 5321 section 4.2); "" if unknown."""
    return registry().replies.get(str(code), "")


def _receiver(enhanced: str, code: int, text: str) -> str:
    """A receiver's own meaning of the code: recognised by its text, or by a code that only it uses."""
    for match in matches(text, (enhanced,), code, registered=registry().registered):
        if not match.certain:
            continue
        entry = match.entry
        receiver = any(entry.who == each.name for each in bounces().speakers)
        if entry.who in speakers_in(text) or entry.who == "Greylisting" or (receiver and entry.codes):
            words = entry.cause.replace("{domain}", "the domain").replace(" {ip}", "")
            first = words.partition(". ")[0].rstrip(".")
            if first.startswith(entry.who):
                return f"{first}."
            return f"{entry.who}: {first[0].lower() if first[1:2].islower() else first[0]}{first[1:]}."
    return ""
