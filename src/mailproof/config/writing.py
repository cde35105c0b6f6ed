"""The text of a mailproof.toml that holds domains and what they are expected to publish."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

from msgspec import Struct

from mailproof.config.settings import DomainSettings

_BARE = re.compile(r"[A-Za-z0-9_-]+")


class DomainText(Struct, frozen=True):
    """A domain, and comments on what was left out."""

    settings: DomainSettings
    remarks: tuple[str, ...] = ()


def config_text(
    domains: Sequence[DomainText], *, remark: str, zones: Sequence[str] = (), offline: bool = False
) -> str:
    """The content of the file, starting with ``remark`` as a comment."""
    lines = [f"# {_printable(remark)}"]
    if zones:
        lines.append(f"zones = {_value(list(zones))}")
    if offline:
        lines.append("offline = true")
    for each in domains:
        lines += ["", *_domain(each)]
    return "\n".join(lines) + "\n"


def _domain(domain: DomainText) -> Iterator[str]:
    settings = domain.settings
    yield "[[domains]]"
    yield f"name = {_value(settings.name)}"
    if settings.profile != "auto":
        yield f"profile = {_value(settings.profile)}"
    yield ""
    yield "[domains.expect]"
    for remark in domain.remarks:
        yield f"# {_printable(remark)}"
    expected = settings.expect
    if expected is None:
        return
    if (spf := expected.spf) is not None:
        yield from _line("spf.senders", spf.senders)
        yield from _line("spf.max_lookups", spf.max_lookups)
        yield from _line("spf.rest", spf.rest)
    for key in expected.dkim.selectors if expected.dkim is not None else ():
        selector = key.selector if _BARE.fullmatch(key.selector) else _value(key.selector)
        name = f"dkim.selectors.{selector}"
        yield f"{name}.min_bits = {key.min_bits}" if key.min_bits is not None else f"{name} = {{}}"
    if (dmarc := expected.dmarc) is not None:
        yield from _line("dmarc.policy", dmarc.policy)
        yield from _line("dmarc.subdomain_policy", dmarc.subdomain_policy)
        yield from _line("dmarc.reports_to", dmarc.reports_to or None)
    yield from _line("mx", expected.mx)
    yield from _line("mta_sts", expected.mta_sts)
    yield from _line("tlsa", expected.tlsa)
    yield from _line("tls_rpt", expected.tls_rpt)


def _line(key: str, value: Any) -> Iterator[str]:
    if value is not None:
        yield f"{key} = {_value(list(value) if isinstance(value, tuple) else value)}"


def _value(value: Any) -> str:
    """JSON strings, arrays and booleans are valid TOML, except for a literal DEL."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _printable(text: str) -> str:
    return "".join(char if char.isprintable() else "?" for char in text)
