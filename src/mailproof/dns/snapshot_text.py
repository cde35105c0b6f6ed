"""One answer as JSON and back, without loss."""

from __future__ import annotations

from typing import Any, cast, get_args

import dns.exception
import dns.rdata
import dns.rdataclass
import dns.rdatatype
from dns.rdata import Rdata

from mailproof.dns.answer import Answer
from mailproof.model import UNASKED, Secure, Status

_STATUSES = frozenset(get_args(Status))
_SECURE = frozenset(get_args(Secure))


def answer_to_json(answer: Answer) -> dict[str, Any]:
    """A JSON object; records in presentation format, in RFC 3597's where that does not come back the same."""
    return {
        "name": answer.name,
        "rrtype": answer.rrtype,
        "status": answer.status,
        "records": [_record_text(record) for record in answer.records],
        "ttl": answer.ttl,
        "secure": answer.secure,
        "chain": list(answer.chain),
        "server": answer.server,
        "elapsed_ms": answer.elapsed_ms,
        "reason": answer.reason,
        "zone": answer.zone,
    }


def answer_from_json(entry: object) -> Answer:
    """The answer. Raises ValueError, KeyError or TypeError where the object is not one."""
    if not isinstance(entry, dict):
        raise ValueError("an answer is not an object")
    name, rrtype = _text(entry["name"]), _text(entry["rrtype"])
    status, secure = _text(entry["status"]), _text(entry["secure"])
    if status not in _STATUSES:
        raise ValueError(f"{name} {rrtype}: unknown status {status[:20]!a}")
    if secure not in _SECURE:
        raise ValueError(f"{name} {rrtype}: unknown DNSSEC state {secure[:20]!a}")
    texts = tuple(_text(text) for text in entry["records"])
    try:
        records = tuple(_record(rrtype, text) for text in texts)
    except (dns.exception.DNSException, ValueError) as error:
        raise ValueError(f"{name} {rrtype}: a record cannot be read: {error}") from error
    if (status == "ok") != bool(records):
        raise ValueError(f"{name} {rrtype}: status {status} with {len(records)} records")
    server, reason = _text(entry["server"]), _text(entry.get("reason", ""))
    if status == "servfail" and server.endswith(UNASKED):  # before there was a status for it
        status, server, reason = "unasked", server.removesuffix(UNASKED).rstrip(", "), UNASKED
    return Answer(
        name=name,
        rrtype=rrtype,
        status=cast("Status", status),
        records=records,
        ttl=_ttl(entry["ttl"]),
        secure=cast("Secure", secure),
        chain=tuple(_text(alias) for alias in entry["chain"]),
        server=server,
        elapsed_ms=_elapsed(entry["elapsed_ms"]),
        reason=reason,
        zone=_text(entry.get("zone", "")),
    )


def _ttl(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 1 << 32:
        raise ValueError(f"a TTL was expected, not {str(value)[:40]!a}")
    return value


def _elapsed(value: object) -> float:
    if (
        not isinstance(value, int | float) or isinstance(value, bool) or not 0 <= value < 1e9
    ):  # NaN is neither
        raise ValueError(f"a time in milliseconds was expected, not {str(value)[:40]!a}")
    return float(value)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError(f"text was expected, not {str(value)[:40]!a}")
    return value


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
