"""What if: records assumed by an option in place of those that are published."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import dns.exception
import dns.rdatatype
from dns.rdata import Rdata

from mailproof.dns.answer import Key
from mailproof.dns.patch import Patch, record_of
from mailproof.dns.text import record_text, to_ascii
from mailproof.errors import UsageError
from mailproof.model import FixRecord
from mailproof.names import is_within

#: The most assumed records; more belong in a zone: --zone FILE.
MOST_RECORDS = 1000
#: The largest text of one TXT record, in octets (RFC 1035 section 3.3: record data is at most 65,535).
MOST_OCTETS = 60_000

#: A name, and what a line of a zone file may have between it and the type.
_TTL_AND_CLASS = re.compile(r"^\s*(\S+)(?:\s+(?:\d\w*|IN)){1,2}(?=\s)", re.IGNORECASE)


def assumed(given: Sequence[str], domains: Sequence[str]) -> dict[Key, Patch]:
    """Parse ``--set "NAME TYPE VALUE"`` into record sets. Raises UsageError.

    Several for one name and type form one set; one without a VALUE means that there is none. As in a zone
    file, a name is relative to (each of) the domains unless it ends in a dot; one that ends in a domain is
    absolute too.
    """
    if len(given) > MOST_RECORDS:
        raise UsageError(
            f"--set: {len(given)} records, and at most {MOST_RECORDS} are taken: use --zone FILE"
        )
    found: dict[Key, Patch] = {}
    emptied: set[Key] = set()
    for text in given:
        name, rrtype, value = _parts(text)
        for whole in _names(text, name, domains):
            key = (whole, rrtype)
            before = found.get(key)
            if before is not None and (key in emptied or not value):
                raise UsageError(f"--set {text!r}: another --set says what {whole} {rrtype} is to be")
            if not value:
                emptied.add(key)
            records = (*(before.records if before is not None else ()), *_records(text, rrtype, value))
            found[key] = Patch(records, server="--set")
    return found


def assumed_spf(record: str, domain: str) -> dict[Key, Patch]:
    """``--record "v=spf1 …"`` as the TXT record set of the domain. Raises UsageError."""
    return {(domain, "TXT"): Patch(_records(record, "TXT", record, "--record"), server="--record")}


def described(changes: Mapping[Key, Patch]) -> str:
    """Describe the assumptions, one line per record."""
    lines = []
    for (name, rrtype), patch in changes.items():
        lines += [f"assuming {name} {rrtype} {record_text(record)}" for record in patch.records]
        if not patch.records:
            lines.append(f"assuming no {rrtype} record at {name}")
    return "\n".join(lines)


def _parts(text: str) -> tuple[str, str, str]:
    parts = _TTL_AND_CLASS.sub(r"\1", text).split(None, 2)
    if len(parts) < 2:
        raise UsageError(f'--set {text!r}: give NAME TYPE VALUE, like "_dmarc TXT v=DMARC1; p=reject"')
    name, rrtype = parts[0], parts[1].upper()
    try:
        kind = dns.rdatatype.from_text(rrtype)
    except (dns.exception.DNSException, ValueError):
        raise UsageError(f"--set {text!r}: {parts[1]!r} is not a record type like TXT, MX or CNAME") from None
    if dns.rdatatype.is_metatype(kind):
        raise UsageError(f"--set {text!r}: {rrtype} is not a type that a record can have")
    return name, rrtype, parts[2].strip() if len(parts) == 3 else ""


def _names(text: str, name: str, domains: Sequence[str]) -> tuple[str, ...]:
    if name == "@":
        return tuple(domains)
    star, rest = ("*.", name[2:]) if name.startswith("*.") else ("", name)
    if name == "*":
        return tuple(f"*.{domain}" for domain in domains)
    try:
        whole = star + to_ascii(rest)
        below = any(is_within(whole, domain) for domain in domains)
        if name.endswith(".") or below:
            return (whole,)
        return tuple(star + to_ascii(f"{whole.removeprefix(star)}.{domain}") for domain in domains)
    except UsageError as error:
        raise UsageError(f"--set {text!r}: {error}") from None


def _records(text: str, rrtype: str, value: str, option: str = "--set") -> tuple[Rdata, ...]:
    if not value:
        return ()
    if len(value.encode("utf-8", "surrogateescape")) > MOST_OCTETS:
        raise UsageError(f"{option} {text[:60]!r}…: larger than the limit of {MOST_OCTETS} octets")
    if "\n" in value or "\r" in value:
        raise UsageError(f"{option} {text[:60]!r}: a record is one line")
    plain = rrtype == "TXT" and not value.startswith('"')
    try:
        return (record_of(rrtype, FixRecord("", rrtype, value).data if plain else value),)
    except ValueError as error:
        raise UsageError(f"{option} {text[:60]!r}: {error}") from None
