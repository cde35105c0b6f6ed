"""One answer as JSON and back, without loss."""

from __future__ import annotations

from typing import Annotated, Any

import dns.exception
import dns.rdata
import dns.rdataclass
import dns.rdatatype
from dns.rdata import Rdata
from msgspec import Meta, Struct, convert
from msgspec.structs import asdict

from mailproof.dns.answer import Answer
from mailproof.model import UNASKED, Secure, Status


class Entry(Struct):
    """An answer as a file has it; see Answer. Records in presentation format, or in that of RFC 3597."""

    name: str
    rrtype: str
    status: Status
    records: tuple[str, ...]
    ttl: Annotated[int, Meta(ge=0, lt=1 << 32)]
    secure: Secure
    chain: tuple[str, ...]
    server: str
    elapsed_ms: Annotated[float, Meta(ge=0, lt=1e9)]
    reason: str = ""
    zone: str = ""

    @property
    def answer(self) -> Answer:
        """The answer. Raises ValueError where there is none of that kind."""
        try:
            records = tuple(_record(self.rrtype, text) for text in self.records)
        except (dns.exception.DNSException, ValueError) as error:
            raise ValueError(f"{self.name} {self.rrtype}: a record cannot be read: {error}") from error
        if (self.status == "ok") != bool(records):
            raise ValueError(f"{self.name} {self.rrtype}: status {self.status} with {len(records)} records")
        if self.status == "servfail" and self.server.endswith(UNASKED):  # before there was a status for it
            self.status, self.reason = "unasked", UNASKED
            self.server = self.server.removesuffix(UNASKED).rstrip(", ")
        return Answer(**asdict(self) | {"records": records})


def answer_to_json(answer: Answer) -> dict[str, Any]:
    """A JSON object; records in presentation format, in RFC 3597's where that does not come back the same."""
    return asdict(answer) | {"records": [_record_text(record) for record in answer.records]}


def answer_from_json(entry: object) -> Answer:
    """The answer. Raises ValueError and msgspec.ValidationError where the object is not one."""
    return convert(entry, Entry).answer


def _record_text(record: Rdata) -> str:
    text = record.to_text()
    rrtype = dns.rdatatype.to_text(record.rdtype)
    try:
        if _record(rrtype, text).to_wire() == record.to_wire():
            return text
    except (dns.exception.DNSException, ValueError):
        pass
    return record.to_generic().to_text()


def _record(rrtype: str, text: str) -> Rdata:
    return dns.rdata.from_text(dns.rdataclass.IN, rrtype, text, relativize=False)
