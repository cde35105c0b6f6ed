"""Places and fixes in the SPF record that a message was judged by."""

from __future__ import annotations

import re

from mailproof.model import Fix, FixRecord, Location, SpfVerdict

_END = re.compile(r"(?<=\s)([-~?+]?all|redirect=\S{1,255})(?=\s|\Z)", re.IGNORECASE)


def in_record(spf: SpfVerdict, record: str) -> Location:
    """The record, and in it the term that decided, where it stands there."""
    start = record.find(spf.matched) if spf.matched else -1
    if start < 0:
        return Location(name=spf.domain, rrtype="TXT", record=record)
    return Location(name=spf.domain, rrtype="TXT", record=record, start=start, end=start + len(spf.matched))


def allow(spf: SpfVerdict, record: str) -> Fix:
    """The record with the host added to it; or a new one where there is none."""
    term = f"ip6:{spf.ip}" if ":" in spf.ip else f"ip4:{spf.ip}"
    if not record:
        value = f"v=spf1 {term} -all"
    elif match := _END.search(record):
        value = f"{record[: match.start()]}{term} {record[match.start() :]}"
    else:
        value = f"{record.rstrip()} {term}"
    summary = f"if {spf.ip} is one of your senders, allow it in the SPF record of {spf.domain}"
    return Fix(summary, (FixRecord(spf.domain, "TXT", value),))
