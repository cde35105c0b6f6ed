"""The addresses that an SPF record allows, in a line or two."""

from __future__ import annotations

from mailproof.model import SpfAllowed
from mailproof.render.text.page import Page
from mailproof.render.text.style import clean


def write_allowed(page: Page, allowed: SpfAllowed | None) -> None:
    """How many addresses pass, in how many ranges, and the widest of them."""
    if allowed is None:
        return
    parts = [f"{allowed.ipv4:,} IPv4"] if allowed.ipv4 else []
    if allowed.ipv6:
        parts.append("1 IPv6" if allowed.ipv6 == 1 else f"{_short(allowed.ipv6)} IPv6")
    if not parts:
        page.line("allows no address", *_open(allowed), indent=2)
        return
    ranges = f"{allowed.range_count} range{'s' if allowed.range_count != 1 else ''}"
    widest = (
        f", the widest {', '.join(allowed.largest)}" if allowed.range_count > len(allowed.largest) else ""
    )
    word = "address" if allowed.ipv4 + allowed.ipv6 == 1 else "addresses"
    listed = f": {', '.join(allowed.largest)}" if not widest else ""
    page.line(
        f"allows {' and '.join(parts)} {word} in {ranges}{listed}{widest}",
        *_open(allowed),
        indent=2,
        hang=2,
    )


def _short(count: int) -> str:
    """Small numbers as they are, large powers of two as such."""
    if count < 1_000_000:
        return f"{count:,}"
    return f"2^{count.bit_length() - 1}" if count & (count - 1) == 0 else f"about 2^{count.bit_length() - 1}"


def _open(allowed: SpfAllowed) -> tuple[tuple[str, str], ...]:
    if not allowed.open_terms:
        return ()
    return ((f"; maybe more by {clean(', '.join(allowed.open_terms[:3]))}", "mp.unknown"),)
