"""A resolver for the public suites: TXT records and failures by name."""

from __future__ import annotations

from collections.abc import Mapping

import dns.rdataclass
import dns.rdatatype
from dns.rdtypes.ANY.TXT import TXT

from mailproof.dns.answer import Answer
from mailproof.dns.text import normalize
from mailproof.model import Status


class TxtResolver:
    """Answers with one TXT record per name, or with a failure; no other names exist."""

    def __init__(self, records: Mapping[str, str], failures: Mapping[str, Status] | None = None) -> None:
        self.records = {normalize(name): text for name, text in records.items()}
        self.failures = {normalize(name): status for name, status in (failures or {}).items()}

    async def query(self, name: str, rrtype: str) -> Answer:
        key = normalize(name)
        if status := self.failures.get(key):
            return Answer(key, rrtype, status)
        text = self.records.get(key)
        if text is None:
            return Answer(key, rrtype, "nxdomain")
        if rrtype != "TXT":
            return Answer(key, rrtype, "nodata")
        raw = text.encode("utf-8")
        strings = [raw[i : i + 255] for i in range(0, len(raw), 255)] or [b""]
        return Answer(key, rrtype, "ok", (TXT(dns.rdataclass.IN, dns.rdatatype.TXT, strings),), 60)
