"""Runs checkdmarc on answers that are already known, without its caches and its own DNS queries.

Each guard is for a fault seen in checkdmarc 6.0.4.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from msgspec import Struct

from mailproof.adapters.dnspython_bridge import dnspython_resolver
from mailproof.adapters.gathered import Gathered
from mailproof.dns import Answer

#: Its caches, and the functions that we patch for a run, are global to the process.
_LOCK = threading.Lock()
_CACHES = (
    ("utils", "DNS_CACHE"),
    ("utils", "_NAMESERVER_FAILURES"),
    ("dnssec", "DNSSEC_CACHE"),
    ("dnssec", "DNSKEY_CACHE"),
    ("dnssec", "TLSA_CACHE"),
    ("smtp", "TLS_CACHE"),
    ("smtp", "STARTTLS_CACHE"),
)
#: Types whose answers show whether a name is an alias.
_ALSO_ALIAS = ("TXT", "A", "AAAA", "MX")


class CheckdmarcResult(Struct, frozen=True):
    """What checkdmarc returned for one topic; ``fault`` if it crashed instead."""

    topic: str
    result: Mapping[str, Any]
    fault: str = ""

    @property
    def error(self) -> str:
        """Its error text, on one line; empty if it found none."""
        return " ".join(str(self.result.get("error", "")).split()) or self.fault

    @property
    def valid(self) -> bool:
        """Whether it considers the record valid."""
        return not self.error and bool(self.result.get("valid", True))


def run(
    domain: str, gathered: Gathered, topics: tuple[str, ...] = ("spf", "dmarc", "mx")
) -> tuple[CheckdmarcResult, ...]:
    """Run its checks of a domain, in the order of ``topics``. Opens no socket or file; see run_gathered."""
    import checkdmarc.dmarc
    import checkdmarc.smtp
    import checkdmarc.spf

    checks: dict[str, Callable[..., Mapping[str, Any]]] = {
        "spf": checkdmarc.spf.check_spf,
        "dmarc": checkdmarc.dmarc.check_dmarc,
        "mx": checkdmarc.smtp.check_mx,
    }
    resolver = dnspython_resolver(lambda name, rrtype: _lookup(gathered, name, rrtype))
    settings = {"resolver": resolver, "nameservers": resolver.nameservers, "timeout": 1.0, "retries": 0}
    with _LOCK, _patched(settings):
        return tuple(_checked(topic, checks[topic], domain, settings) for topic in topics)


def _checked(
    topic: str, check: Callable[..., Mapping[str, Any]], domain: str, settings: dict[str, Any]
) -> CheckdmarcResult:
    try:
        return CheckdmarcResult(topic, check(domain, **settings))
    except Exception as error:  # noqa: BLE001 - a crash of the other tool only costs its own opinion
        return CheckdmarcResult(topic, {}, f"checkdmarc crashed: {type(error).__name__}: {str(error)[:200]}")


def _lookup(gathered: Gathered, name: str, rrtype: str) -> Answer:
    """The answer, derived from another one if that saves a query. Raises MissingAnswer."""
    if rrtype == "SPF":
        # RFC 7208 section 3.1 withdrew type 99; no receiver queries it.
        return Answer(name, rrtype, "nodata")
    if rrtype == "CNAME":
        for other in _ALSO_ALIAS:
            answer = gathered.peek(name, other)
            if answer is not None and (alias := _alias(answer)) is not None:
                return alias
    return gathered.get(name, rrtype)


def _alias(answer: Answer) -> Answer | None:
    """The CNAME answer implied by an answer of another type, if any."""
    if answer.chain:
        import dns.rdata

        target = dns.rdata.from_text("IN", "CNAME", answer.chain[0].rstrip(".") + ".")
        return Answer(answer.name, "CNAME", "ok", (target,), answer.ttl)
    if answer.undetermined:
        return None
    return Answer(answer.name, "CNAME", "nxdomain" if answer.status == "nxdomain" else "nodata")


@contextlib.contextmanager
def _patched(settings: dict[str, Any]) -> Iterator[None]:
    """During a run: empty caches, and no query that bypasses our resolver.

    ``exp=`` is looked up without ``resolver=``; the DNSSEC and TLSA lookups of the MX check query the
    system's or public name servers, and their results are not used here.
    """
    import checkdmarc.smtp
    import checkdmarc.spf

    get_txt_records = checkdmarc.spf.get_txt_records

    def with_resolver(name: str, **options: Any) -> list[str]:
        return list(get_txt_records(name, **{**options, "resolver": settings["resolver"]}))

    replaced: tuple[tuple[Any, str, Callable[..., Any]], ...] = (
        (checkdmarc.spf, "get_txt_records", with_resolver),
        (checkdmarc.smtp, "check_dnssec", lambda *_, **__: False),
        (checkdmarc.smtp, "get_tlsa_records", lambda *_, **__: []),
    )
    kept = [(module, name, getattr(module, name)) for module, name, _ in replaced]
    _clear_caches()
    try:
        for module, name, value in replaced:
            setattr(module, name, value)
        yield
    finally:
        for module, name, value in kept:
            setattr(module, name, value)
        _clear_caches()


def _clear_caches() -> None:
    """The caches are keyed by name and type only, whichever resolver answered."""
    import importlib

    for module, name in _CACHES:
        cache = getattr(importlib.import_module(f"checkdmarc.{module}"), name, None)
        if cache is not None:
            cache.clear()
