"""Shared by the rules on misplaced records: a finding for each record at a name that is never queried."""

from __future__ import annotations

from mailproof.checks.base import Reporter, Undetermined, improvement
from mailproof.model import (
    DomainFacts,
    Fix,
    FixRecord,
    Location,
    MisplacedFacts,
    MisplacedRecord,
    RecordKind,
    Severity,
)
from mailproof.records.dmarc import policy_warning
from mailproof.records.misplaced import LABELS, behind, read, undoubled

_WHAT: dict[RecordKind, str] = {
    "spf": "An SPF record",
    "dkim": "A DKIM key",
    "dmarc": "A DMARC record",
    "mta_sts": "An MTA-STS record",
    "tls_rpt": "A TLS reporting record",
    "bimi": "A BIMI record",
}


def is_misplaced(facts: DomainFacts, kind: RecordKind) -> bool:
    """Whether a record of that kind is at a wrong name, so it is not missing: another rule reports it."""
    return facts.misplaced is not None and bool(facts.misplaced.of(kind))


def misplaced_findings(
    report: Reporter, facts: DomainFacts, kind: RecordKind, severity: Severity | None = None
) -> None:
    """Report each misplaced record of a kind; only a note if there is one at the right name as well.

    Reports unknown if the lookup of a wrong name failed and there is no record at the right one.
    """
    if facts.misplaced is None:
        raise Undetermined("could not check for misplaced records")
    listed = facts.misplaced.of(kind)
    for record in listed:
        rivals = {each.value for each in listed if each.belongs == record.belongs}
        # Several at one name differ only in their text.
        span = (0, len(record.text)) if sum(each.name == record.name for each in listed) > 1 else (None, None)
        fix, spare = _fix(record, facts.misplaced, facts.domain, alone=len(rivals) == 1)
        if spare and _inside(record):
            continue  # what remains there is the fault of the other record
        report(
            _message(record, facts.domain),
            location=Location(record.name, "TXT", record.text, *span),
            fix=fix,
            severity=Severity.INFO if spare else severity,
        )
    # The domain itself is the right name for SPF, and a wrong one for all others.
    failed = [each for each in facts.misplaced.unknown if kind != "spf" or each.name != facts.domain]
    if not listed and failed and _missing(facts, kind):
        if failed[0].found:
            report.unknown(f"{failed[0].name} has {len(failed[0].records)} TXT records: not all were read")
        else:
            report.unanswered(failed[0])


def _message(record: MisplacedRecord, domain: str) -> str:
    what = _WHAT[record.kind]
    place = f"{what} is at {record.name}, where it is never looked up"
    if undoubled(record.name, domain):
        place = f"{what} is at {record.name}: the domain was appended to a name that already had it"
    elif _inside(record):
        place = f"{what} is behind another record in one TXT record at {record.name}"
    elif record.pasted:
        place = f"{what} is at {record.name}, and its name ({record.pasted}) was pasted into the value"
    if record.belongs:
        return f"{place}; it belongs at {record.belongs}."
    if record.pasted:
        return f"{place}; that name is not in {domain}."
    return f"{place}; it belongs at <selector>._domainkey.{domain}."


def _inside(record: MisplacedRecord) -> bool:
    """Whether it is only a part of a TXT record of another kind."""
    whole = read(record.text)
    return whole is None or whole.kind != record.kind


def _fix(record: MisplacedRecord, found: MisplacedFacts, domain: str, *, alone: bool) -> tuple[Fix, bool]:
    """How to correct it, and whether the record is redundant because there is one where it belongs."""
    if record.alias:
        words = f"Ask the owner of {record.alias} to publish it elsewhere: {record.name} is an alias of it."
        return Fix(words), False
    if not record.belongs and record.pasted:
        return Fix("Publish it in the zone of that name, and remove it here."), False
    if not record.belongs:
        words = (
            f"Publish it at <selector>._domainkey.{domain}, with the selector that your mail server or "
            "provider signs with (s= of a DKIM-Signature header), and remove it here."
        )
        return Fix(words), False
    there = found.at(record.belongs)
    shared = _inside(record) or behind(record.text) is not None
    old = () if shared else (FixRecord(record.name, "TXT", record.text, action="remove"),)
    if there is not None and any(each and each.kind == record.kind for each in map(read, there.records)):
        return improvement(f"Remove it: there is one at {record.belongs}.", *old), True
    if there is None or there.undetermined or there.chain or not alone or not record.value:
        words = f"Publish it at {record.belongs}, and remove it here."
        if not alone:
            words = f"Publish the right one at {record.belongs}, and remove the others."
        elif not record.value:
            words = f"Correct it, publish it at {record.belongs}, and remove it here."
        elif there is not None and there.chain:
            words = f"Keep this record or {record.belongs}, an alias of {there.chain[-1]}; remove the other."
        return Fix(words), False
    summary = f"Publish it at {record.belongs}.{policy_warning(record.value)}"
    return Fix(summary, (*old, FixRecord(record.belongs, "TXT", record.value))), False


def _missing(facts: DomainFacts, kind: RecordKind) -> bool:
    """Whether the domain lacks such a record where it belongs, which a misplaced one would explain."""
    if kind == "dkim":
        return not any(key.status == "valid" for key in facts.dkim)
    name = f"{LABELS[kind]}.{facts.domain}" if LABELS[kind] else facts.domain
    right = facts.misplaced.right if facts.misplaced is not None else ()
    there = (text for lookup in right if lookup.name == name for text in lookup.records)
    return not any(each and each.kind == kind for each in map(read, there))
