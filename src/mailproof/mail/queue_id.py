"""The queue id that a server names when it accepts a message: what its administrator can search for."""

from __future__ import annotations

import re

_PATTERNS = (
    re.compile(r"\bqueued as ([A-Za-z0-9._-]{4,100})", re.I),  # Postfix, and proxies before it
    re.compile(r"\bid=([A-Za-z0-9._-]{4,100})", re.I),  # Exim, and rspamd-proxied ones
    re.compile(r"<([^<>\s]{4,200})> \[InternalId=\d{1,30}", re.I),  # Exchange
    re.compile(r"\b([A-Za-z0-9]{8,30}) Message accepted for delivery", re.I),  # Sendmail
    re.compile(r"\bok:? +queued as ([A-Za-z0-9._-]{4,100})", re.I),
    re.compile(r"^OK +\d{8,12} ([A-Za-z0-9.-]{10,100}) - gsmtp", re.I),  # Gmail
    re.compile(r"^Ok ([0-9a-f]{10,30}(?:-[0-9a-f-]{1,60})?)$", re.I),  # Amazon SES
    re.compile(r"\bqp (\d{3,12})\b", re.I),  # qmail
    re.compile(r"\b(?:message|queue)[- ]?id:? <?([^\s<>]{6,200})>?", re.I),
    re.compile(r"^(?:OK|Ok|ok)[:,]? (?:queued )?(?:as |id )?([A-Za-z0-9._-]{8,100})$"),
)


def queue_id(text: str) -> str:
    """The id in the reply to the end of data, or nothing."""
    for pattern in _PATTERNS:
        found = pattern.search(text[:1000].strip())
        if found:
            return found[1]
    return ""
