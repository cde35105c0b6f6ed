"""Host names in certificates (RFC 6125 section 6.4, RFC 9525 section 6.3) and in TXT records."""

from __future__ import annotations

import re
from collections.abc import Iterable

from mailproof.records.plain import plain

_CNAME = re.compile(r"\A(?:IN\s+)?CNAME[\s:=]+", re.IGNORECASE)


def name_matches(names: Iterable[str], host: str) -> bool:
    """Whether one of a certificate's DNS names matches ``host`` (both in A-labels).

    A wildcard matches exactly one whole label, the leftmost, and never directly below a top-level domain.
    """
    wanted = host.rstrip(".").lower()
    _, dot, parent = wanted.partition(".")
    for name in names:
        given = name.rstrip(".").lower()
        if given == wanted:
            return True
        if given.startswith("*.") and dot and given[2:] == parent and "." in parent:
            return True
    return False


def is_full_name(text: str) -> bool:
    """Whether the text looks like a fully qualified host name: two or more labels, underscores allowed."""
    labels = text.rstrip(".").split(".")
    if len(labels) < 2 or len(text) > 253 or labels[-1].isdigit():
        return False
    return all(
        0 < len(label) <= 63
        and label.isascii()
        and label.replace("-", "").replace("_", "").isalnum()
        and not label.startswith("-")
        and not label.endswith("-")
        for label in labels
    )


def typed_host(text: str) -> str:
    """The host name that a TXT record consists of, as if it were a CNAME; "" if it is anything else."""
    target = _CNAME.sub("", plain(text)).rstrip(".").lower()
    return target if is_full_name(target) else ""
