"""Shared by the rules on policy records: texts intended as records, and dangling aliases."""

from __future__ import annotations

from collections.abc import Iterable

from mailproof.checks.base import Reporter, decision
from mailproof.checks.publishing import replaced
from mailproof.model import DomainFacts, Fix, FixRecord, Location, Lookup, Severity
from mailproof.names import is_within
from mailproof.records.misplaced import alias_target, zones_above
from mailproof.records.tag_repair import NEAR_MISS_WORDS, Format, near_miss

#: TXT records behind an alias that are read.
_MOST_TEXTS = 50


def is_mistaken(texts: Iterable[str], form: Format) -> bool:
    """Whether a text was intended as a record of this format, or as an alias: another rule reports it."""
    return any(near_miss(text, form) or alias_target(text) for text in texts)


def report_mistaken(
    report: Reporter,
    facts: DomainFacts,
    lookup: Lookup,
    text: str,
    form: Format,
    what: str,
    corrected: Fix,
    *,
    beside: bool,
) -> None:
    """Report a text that was intended as a record; only a note if there is a valid one ``beside`` it."""
    target = alias_target(text)
    if kind := near_miss(text, form):
        why = NEAR_MISS_WORDS[kind]
        summary = "Remove it: there is a valid record beside it."
        fix = replaced(lookup, facts.domain, summary, (text,), "", "improvement") if beside else corrected
    elif target:
        why = f"it is the host name {target}, which belongs in a CNAME record"
        fix = as_alias(lookup, target)
    else:
        return
    report(
        f"The record at {lookup.name} is not a valid {what} record: {why}.",
        location=Location(lookup.name, "TXT", text),
        fix=fix,
        severity=Severity.INFO if beside else None,
    )


def dangling(report: Reporter, lookup: Lookup, form: Format, otherwise: str, *instead: FixRecord) -> None:
    """Report an alias that leads to no record of this format, and to no text that was intended as one.

    ``otherwise`` is an alternative for its owner.
    """
    if not lookup.chain or lookup.undetermined or any(map(form.is_record, lookup.records)):
        return
    if is_mistaken(lookup.records[:_MOST_TEXTS], form):
        return
    missing = "has only other TXT records" if lookup.found else "has no TXT record"
    if lookup.status == "nxdomain":
        missing = "does not exist"
    target = lookup.chain[-1]
    alias = FixRecord(lookup.name, "CNAME", f"{lookup.chain[0]}.", action="remove")
    summary = f"Ask the owner of {target} to publish the record there, or {otherwise}."
    if any(is_within(target, zone) for zone in zones_above(lookup.name)):
        summary = f"{otherwise[:1].upper()}{otherwise[1:]}, or publish the record at {target}."
    fix = decision(summary, alias, *instead)
    report(
        f"{lookup.name} is an alias of {target}, which {missing}.",
        location=Location(lookup.name, "CNAME", target),
        evidence=(lookup.describe(),),
        fix=with_final_dot(lookup, otherwise) or fix,
    )


def with_final_dot(lookup: Lookup, otherwise: str) -> Fix | None:
    """A fix of an alias to whose target the zone was appended by mistake; None for others."""
    target = lookup.chain[0]
    zone = next((zone for zone in zones_above(lookup.name) if target.endswith(f".{zone}")), "")
    meant = alias_target(target.removesuffix(f".{zone}")) if zone else ""
    if not meant:
        return None
    old = FixRecord(lookup.name, "CNAME", f"{target}.", action="remove")
    return Fix(
        f"If {meant} is the target, write it with its final dot, so that your domain is not appended. "
        f"Otherwise {otherwise}.",
        (old, FixRecord(lookup.name, "CNAME", f"{meant}.")),
    )


def as_alias(lookup: Lookup, target: str) -> Fix:
    """A fix that replaces a TXT record with a CNAME to ``target``; words if there are other records."""
    records: tuple[FixRecord, ...] = ()
    if len(lookup.records) == 1 and not lookup.chain:
        old = FixRecord(lookup.name, "TXT", lookup.records[0], action="remove")
        records = (old, FixRecord(lookup.name, "CNAME", f"{target}."))
    return Fix(f"Replace the TXT record at {lookup.name} by a CNAME to {target}.", records)
