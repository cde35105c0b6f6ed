"""The names at which the owner of a domain can publish records: a fix for any other is words."""

from __future__ import annotations

import re

from mailproof.names import is_within

#: Names that a provider adds to the zone itself: Cloudflare's for an MX host behind its proxy.
_GENERATED = re.compile(r"\A_dc-mx\.[0-9a-f]{6,40}\.")


def is_owned(domain: str, name: str) -> bool:
    """Whether the name is the domain's own, or below it, and not one that a provider generates there."""
    return is_within(name, domain) and not is_generated(name)


def is_generated(name: str) -> bool:
    """Whether a provider made the name, and may change it at any time."""
    return _GENERATED.match(name) is not None
