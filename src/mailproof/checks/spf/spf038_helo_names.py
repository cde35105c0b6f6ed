"""A mail host's own name has no SPF record

## What it checks
Whether the names of the domain's own mail hosts (its MX hosts) have SPF records of their own.

## Why it matters
A host names itself in HELO, and receivers check that name too: a bounce has no sender address, so the HELO
name is all that SPF can judge. Without a record, bounces and automatic answers of that host pass no SPF, and
anyone may give its name. Worth having, not a fault.

## How to fix
Publish `v=spf1 a -all` at the host's name, if it also sends mail under that name.

## References
- RFC 7208 section 2.3
- RFC 7208 section 10.1.3
"""

from mailproof.checks.base import NotApplicable, Reporter, declare
from mailproof.checks.spf._facts import record_of, spf_of
from mailproof.model import DomainFacts, Fix, FixRecord, Location, Severity
from mailproof.records.spf import is_spf

RULE = declare(__name__, __doc__, Severity.INFO, profiles="sending")


def check(facts: DomainFacts, report: Reporter) -> None:
    record_of(facts)
    spf = spf_of(facts)
    if not spf.helo:
        raise NotApplicable("no MX host lies below the domain")
    report.unanswered(*(lookup for lookup in spf.helo if lookup.undetermined))
    bare = [lookup for lookup in spf.helo if _bare(lookup.found, lookup.absent, lookup.records)]
    if bare:
        names = ", ".join(lookup.name for lookup in bare)
        report(
            f"There is no SPF record at the mail host{'s' if len(bare) > 1 else ''} {names}: bounces sent "
            "under such a name pass no SPF.",
            location=Location(bare[0].name, "TXT"),
            fix=Fix(
                "If each of them sends under its own name from its own address, say so",
                tuple(FixRecord(lookup.name, "TXT", "v=spf1 a -all") for lookup in bare if not lookup.chain),
                "decision",
            ),
        )


def _bare(found: bool, absent: bool, records: tuple[str, ...]) -> bool:
    return absent or (found and not any(is_spf(text) for text in records))
