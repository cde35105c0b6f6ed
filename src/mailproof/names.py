"""How names in the DNS are to each other."""

from __future__ import annotations


def is_within(name: str, domain: str) -> bool:
    """Whether a name is the domain or below it, both in lower-case A-labels without a final dot."""
    return name == domain or name.endswith(f".{domain}")
