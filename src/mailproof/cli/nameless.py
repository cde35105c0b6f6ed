"""Records whose name is unknown: only their syntax can be checked."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mailproof.dns.inputs.contents import Nameless


def syntax_of(record: Nameless) -> str:
    """A line with the record's position, and what is wrong with it."""
    name, problems = _problems(record.text)
    place = record.place
    fault = next((each.message for each in problems if each.fatal), "")
    said = f"it can't be used: {fault}" if fault else "its syntax is right"
    return (
        f"{place.file}:{place.line}:{place.column}: {name} record whose name is not a literal: "
        f"only its syntax was checked, {said}"
    )


def _problems(text: str) -> tuple[str, Iterable[Any]]:
    from mailproof.records.bimi import parse_bimi
    from mailproof.records.dkim_key import parse_dkim_key
    from mailproof.records.dmarc import parse_dmarc
    from mailproof.records.mta_sts import parse_sts_record
    from mailproof.records.spf.parse import parse_spf
    from mailproof.records.tls_rpt import parse_tls_rpt

    kinds: tuple[tuple[str, str, Callable[[str], Any]], ...] = (
        ("v=spf1", "SPF", parse_spf),
        ("v=dmarc1", "DMARC", parse_dmarc),
        ("v=dkim1", "DKIM key", parse_dkim_key),
        ("v=stsv1", "MTA-STS", parse_sts_record),
        ("v=tlsrptv1", "TLS-RPT", parse_tls_rpt),
        ("v=bimi1", "BIMI", parse_bimi),
    )
    whole = text.strip().replace('""', "")
    for version, name, parse in kinds:
        if whole.lower().startswith(version):
            return name, parse(whole).problems
    return "unknown", ()
