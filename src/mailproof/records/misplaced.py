"""Which kind of mail record a TXT record is, and whether it is at the name where receivers look for it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cached_property

from msgspec import Struct

from mailproof.model import MisplacedRecord, RecordKind
from mailproof.names import is_within
from mailproof.records import tag_repair
from mailproof.records.bimi import BIMI, parse_bimi
from mailproof.records.dkim_key import looks_like_dkim_key, parse_dkim_key
from mailproof.records.dmarc import parse_dmarc
from mailproof.records.dmarc_text import DMARC, tested
from mailproof.records.hostnames import typed_host
from mailproof.records.mta_sts import STS, parse_sts_record
from mailproof.records.plain import pasted_name, plain
from mailproof.records.remember import remembered
from mailproof.records.spf import is_spf
from mailproof.records.tls_rpt import TLS_RPT, parse_tls_rpt

#: The labels at which the records of a domain belong; for keys, the selector precedes this.
LABELS: dict[RecordKind, str] = {
    "spf": "",
    "dkim": "_domainkey",
    "dmarc": "_dmarc",
    "mta_sts": "_mta-sts",
    "tls_rpt": "_smtp._tls",
    "bimi": "default._bimi",
}
_FORMATS: dict[RecordKind, tag_repair.Format] = {
    "dmarc": DMARC,
    "mta_sts": STS,
    "tls_rpt": TLS_RPT,
    "bimi": BIMI,
}
_USABLE: dict[RecordKind, Callable[[str], bool]] = {
    "spf": is_spf,
    "dkim": lambda text: parse_dkim_key(text).valid,
    "dmarc": lambda text: parse_dmarc(text).valid,
    "mta_sts": lambda text: parse_sts_record(text).valid,
    "tls_rpt": lambda text: parse_tls_rpt(text).valid,
    "bimi": lambda text: parse_bimi(text).valid,
}
#: A key without a version; anything shorter may be some other record.
_KEY = re.compile(r"(?:^|;)\s*p\s*=\s*[A-Za-z0-9+/\s]{100,}")
_LONGEST = 8000
#: Faults that identify a record only if it is at its proper name.
_IN_DOUBT: tuple[tag_repair.NearMiss, ...] = ("", "no-version", "another", "behind")
#: Labels of other records; any other label with a key is taken for its selector.
_OTHERS = ("bimi", "dmarc", "domainkey", "mta-sts")
_BEHIND = re.compile(r"v\s?=\s?(?:spf|DMARC|DKIM|STSv|TLSRPTv|BIMI)1\b", re.IGNORECASE)


class MailRecord(Struct, frozen=True, dict=True):
    """A mail-related TXT record: its kind, the name pasted before it, and its text without that name."""

    kind: RecordKind
    pasted: str
    text: str

    @cached_property
    def value(self) -> str:
        """The record as intended if receivers can use that, else ""."""
        value = tag_repair.repaired(self.text, _FORMATS[self.kind]) if self.kind in _FORMATS else self.text
        if self.kind == "dmarc":
            value = tested(value)
        return value if value and _USABLE[self.kind](value) else ""


@remembered(256)
def read(text: str) -> MailRecord | None:
    """Identify a mail record beyond doubt; None for all other texts."""
    if len(text) > _LONGEST:
        return None
    name, rest = pasted_name(text)
    clean = plain(rest)
    if is_spf(clean):
        return MailRecord("spf", name, clean)
    for kind, form in _FORMATS.items():
        if form.is_record(clean) or tag_repair.near_miss(clean, form) not in _IN_DOUBT:
            return MailRecord(kind, name, clean)
    if (clean[:1] in ("v", "V") or name or _KEY.search(clean)) and looks_like_dkim_key(clean):
        return MailRecord("dkim", name, clean)
    return None


def misplaced(name: str, text: str, domain: str, alias: str = "") -> MisplacedRecord | None:
    """The record, if it is not at the name where it belongs.

    ``name`` is ``domain``, below it, or ends in it (or in its zone) twice; both are in lower-case A-labels.
    """
    own = next((form for kind, form in _FORMATS.items() if name == f"{LABELS[kind]}.{domain}"), None)
    if own is not None and tag_repair.near_miss(text, own) == "another":
        return None  # only the version is that of another record
    for found in (read(text), behind(text)):
        if found is None:
            continue
        belongs = _belongs(found, _full(found.pasted, domain), name, domain)
        if belongs != name:
            return MisplacedRecord(found.kind, name, text, belongs, found.value, found.pasted, alias)
    return None


def behind(text: str) -> MailRecord | None:
    """The usable record that was pasted after one of another kind, if any."""
    start = _BEHIND.search(text, 1) if len(text) <= _LONGEST else None
    found = read(text[start.start() :]) if start is not None else None
    if found is None or not found.value:
        return None
    whole = read(text)
    return found if whole is None or whole.kind != found.kind else None


def alias_target(text: str) -> str:
    """The host name that a TXT record consists of if it looks like the target of a CNAME, else ""."""
    target = typed_host(text)
    return target if target.count(".") >= 2 else ""


def undoubled(name: str, domain: str) -> str:
    """The name without a zone that was appended to the full name by mistake; "" if there is none."""
    for zone in (domain, *zones_above(domain)):
        if f".{name}".endswith(f".{zone}.{zone}"):
            return name.removesuffix(f".{zone}")
    return ""


def zones_above(domain: str) -> Iterator[str]:
    """The ancestors of a domain that may be its zone."""
    while "." in (domain := domain.partition(".")[2]):
        yield domain


def _full(pasted: str, domain: str) -> str:
    """The full form of a pasted name, which may be relative to the domain or its zone, or end in it twice."""
    if not pasted or pasted == "@":
        return domain if pasted else ""
    while once := undoubled(pasted, domain):
        pasted = once
    if is_within(pasted, domain):
        return pasted
    for zone in zones_above(domain):
        if f".{pasted}".endswith(f".{domain.removesuffix(f'.{zone}')}"):
            return f"{pasted}.{zone}"
    relative = pasted.rsplit(".", 1)[-1].startswith("_") or "." not in pasted
    return f"{pasted}.{domain}" if relative else pasted


def _belongs(found: MailRecord, written: str, name: str, domain: str) -> str:
    """Where the record belongs, by its pasted name, else by its kind; "" if unknown."""
    label = LABELS[found.kind]
    if written and not is_within(written, domain):
        return ""  # of another domain
    if found.kind == "spf":
        return written or domain
    selector = r"[^ ]+\." if found.kind == "dkim" else ""
    if re.fullmatch(rf"{selector}{re.escape(label)}\..+", written):
        return written
    if found.kind != "dkim":
        return f"{label}.{domain}"
    known = _selector(name, domain)
    return f"{known}.{label}.{domain}" if known else ""


def _selector(name: str, domain: str) -> str:
    """The selector in the wrong name of a key: ``s1._domainkey.d.d``, ``s1.domainkey.d``, ``s1.d``."""
    own = (undoubled(name, domain) or name).removesuffix(f".{domain}")
    found = re.fullmatch(r"([^ ]+?)(?:[._]_?domain[-_]?keys?)+|_domainkey\.([^ ]+)", own)
    if found is None:
        return own if re.fullmatch(r"[a-z0-9][a-z0-9-]*", own) and own not in _OTHERS else ""
    return found[1] or found[2]
