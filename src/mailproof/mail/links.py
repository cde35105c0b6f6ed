"""Where the links of a message lead to, before and after the way."""

from __future__ import annotations

from mailproof.message.parts import decoded, find_parts
from mailproof.records.html_text import links_in
from mailproof.records.message import first_value, split_fields

#: Octets of each HTML part that are read for the hosts of its links.
MAX_HTML = 1_000_000


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
        if part.media_type == "text/html":
            text = decoded(body[part.body : part.end][:MAX_HTML], part.encoding).decode("utf-8", "replace")
            hosts |= dict.fromkeys(link.host.lower() for link in links_in(text) if link.host)
    return tuple(hosts)
