"""Where the links of a message lead to, before and after the way."""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import urlsplit

from mailproof.message.parts import decoded, find_parts
from mailproof.printable import clean
from mailproof.records.message import first_value, split_fields

#: Links that are read of a message, and octets of each HTML part.
MAX_LINKS = 500
MAX_HTML = 1_000_000
_LINK = re.compile(r"""<a\b[^>]{0,2000}?\bhref\s*=\s*["']?([^"'\s>]{1,4000})""", re.I)


def new_hosts(sent: bytes, arrived: bytes) -> tuple[str, ...]:
    """The hosts of links that no link sent leads to, where what was sent has links."""
    before, after = link_hosts(sent), link_hosts(arrived)
    return tuple(host for host in after if host not in before) if before else ()


def link_hosts(raw: bytes) -> tuple[str, ...]:
    """The hosts that links in the HTML lead to, each once."""
    fields, body = split_fields(raw)
    kind, encoding = (first_value(fields, f"content-{name}") for name in ("type", "transfer-encoding"))
    hosts: dict[str, None] = {}
    for part in find_parts(body, kind, encoding):
        if part.media_type != "text/html":
            continue
        text = decoded(body[part.body : part.end][:MAX_HTML], part.encoding).decode("utf-8", "replace")
        for number, found in enumerate(_LINK.finditer(text)):
            if number >= MAX_LINKS:
                break
            try:
                parts = urlsplit(unescape(found[1]))
                host = parts.hostname or ""
            except ValueError:
                continue
            if host and parts.scheme.lower() in ("http", "https"):
                hosts[clean(host.lower(), 253)] = None
    return tuple(hosts)
