"""The fields of records, typed. What type a record has, the answer that holds it says."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, cast

import dns.exception
from dns.rdatatype import RdataType, is_metatype

from mailproof.dns.text import name_text
from mailproof.structs import kept

if TYPE_CHECKING:
    from dns.name import Name
    from dns.rdata import Rdata
    from dns.rdtypes.ANY.DNSKEY import DNSKEY
    from dns.rdtypes.ANY.DS import DS
    from dns.rdtypes.ANY.SOA import SOA
    from dns.rdtypes.IN.A import A
    from dns.rdtypes.mxbase import MXBase
    from dns.rdtypes.nsbase import NSBase

    from mailproof.dns.answer import Answer


@lru_cache(512)
def record_type(text: str) -> RdataType | None:
    """The type of that name; None where it is none, or none that records can have (``ANY``)."""
    try:
        rdtype = RdataType.from_text(text)
    except (dns.exception.DNSException, ValueError):
        return None
    return None if is_metatype(rdtype) else rdtype


def preference(mx: Rdata) -> int:
    """The preference of an MX record."""
    return cast("MXBase", mx).preference


def exchange(mx: Rdata) -> str:
    """The host of an MX record; ``.`` for a null MX."""
    return name_text(cast("MXBase", mx).exchange)


@kept
def exchanges(mx: Answer) -> tuple[tuple[int, str], ...]:
    """Preference and host of each MX record, the most preferred first: name servers rotate them.

    From the text, which is made once: a dnspython name takes 5 µs to write, and all collectors want it.
    """
    pairs = [text.split(" ", 1) for text in mx.lookup.records]
    return tuple(sorted([(int(number), host) for number, host in pairs]))


def target(record: Rdata) -> str:
    """The name that an NS, PTR, CNAME or DNAME record holds."""
    return name_text(target_name(record))


def target_name(record: Rdata) -> Name:
    """The same as dnspython has it."""
    return cast("NSBase", record).target


def address(record: Rdata) -> str:
    """The address of an A or AAAA record."""
    text: str = cast("A", record).address
    return text


def negative_ttl(soa: Rdata) -> int:
    """The last field of a SOA record (RFC 2308 section 4)."""
    return cast("SOA", soa).minimum


def as_dnskey(record: Rdata) -> DNSKEY:
    """A DNSKEY record."""
    return cast("DNSKEY", record)


def as_ds(record: Rdata) -> DS:
    """A DS record."""
    return cast("DS", record)
