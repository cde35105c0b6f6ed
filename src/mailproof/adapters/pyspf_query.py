"""pyspf's query with its known faults corrected, fed with gathered answers. Import lazily: it takes 0.3 s."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import spf

from mailproof.adapters.gathered import Gathered
from mailproof.dns.answer import Answer
from mailproof.dns.text import name_text, normalize
from mailproof.model import STATUS_WORDS

_gathered: ContextVar[Gathered] = ContextVar("mailproof_pyspf_answers")


class CorrectedQuery(spf.query):  # type: ignore[misc] # pyspf has no types
    """``spf.query`` that follows RFC 7208 where pyspf 2.0.14 does not.

    - For an IPv6 client, an empty AAAA answer is not a void lookup if the name has an A record.
    - A failed lookup of a PTR name skips that name (section 5.5), and a failed PTR lookup is no match,
      instead of ending in temperror.
    - A failed lookup of the explanation omits it (section 6.2).
    """

    def dns_a(self, domainname: str, A: str = "A") -> list[Any]:  # noqa: N803 - pyspf's own name
        if A != "AAAA" or not domainname:
            return list(super().dns_a(domainname, A))
        six = list(self.dns(domainname, "AAAA", ignore_void=True))
        if not six and not self._has_a(domainname):
            self.void_lookups += 1
            if self.void_lookups > spf.MAX_VOID_LOOKUPS:
                raise spf.PermError(f"Void lookup limit of {spf.MAX_VOID_LOOKUPS} exceeded")
        return six

    def _has_a(self, name: str) -> bool:
        try:
            return bool(self.dns(name, "A", ignore_void=True))
        except spf.TempError:
            return True  # not known to be void

    def validated_ptrs(self) -> list[str]:
        try:
            names = self.dns_ptr(self.i)[: spf.MAX_PTR]
        except spf.TempError:
            return []
        return [name for name in names if self._validates(name)]

    def _validates(self, name: str) -> bool:
        try:
            addresses = self.dns(name, self.A, ignore_void=True)
        except spf.TempError:
            return False
        return bool(self.cidrmatch(addresses, self.cidrmax))

    def get_explanation(self, spec: str) -> str | None:
        try:
            text: str | None = super().get_explanation(spec)
        except spf.TempError:
            return None
        return text


@contextmanager
def answering(gathered: Gathered) -> Iterator[None]:
    """Answer pyspf's questions in this task or thread from ``gathered``."""
    spf.DNSLookup = dispatch
    token = _gathered.set(gathered)
    try:
        yield
    finally:
        _gathered.reset(token)


def dispatch(name: str, qtype: str, tcpfallback: object = True, timeout: float = 0) -> list[Any]:
    """pyspf's lookup function: answers from the gathered answers of the current context."""
    labels = name.removesuffix(".").split(".")
    if any(not 0 < len(label) < 64 for label in labels) or len(name) > 254 or not name.isascii():
        return []
    return _values(_gathered.get().get(name.replace("\\", "\\\\"), qtype), name, qtype)


def _values(answer: Answer, name: str, qtype: str) -> list[Any]:
    if answer.undetermined:
        raise spf.TempError(f"DNS {qtype} {normalize(name)}: {STATUS_WORDS[answer.status]}")
    key = (name, qtype)
    return [(key, _value(record, qtype)) for record in answer.records]


def _value(record: Any, qtype: str) -> Any:
    if qtype in ("A", "AAAA"):
        return record.address
    if qtype == "MX":
        host = name_text(record.exchange)
        return record.preference, "" if host == "." else host
    if qtype == "PTR":
        return name_text(record.target)
    return tuple(record.strings) or (b"",)  # a TXT of no strings makes pyspf fail with IndexError
