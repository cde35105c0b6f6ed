"""SPF: no record for a mail host's own name

## What it checks
The names of the domain's own mail hosts (its MX hosts below the domain). The rule fires where one exists and
has no SPF record.

## Why it matters
A host gives its name in HELO, and receivers check that name too: a bounce has an empty return path, so the
HELO name is all that SPF can check. Without a record, bounces and automatic replies from that host don't pass
SPF, and any host may use its name. This is information, not a fault.

## How to fix
Publish `v=spf1 a -all` at the host's name, if it also sends mail under that name.

## Example
Before:

    acme.example.      MX  10 mail.acme.example.
    acme.example.      TXT "v=spf1 mx -all"

After:

    acme.example.      MX  10 mail.acme.example.
    acme.example.      TXT "v=spf1 mx -all"
    mail.acme.example. TXT "v=spf1 a -all"

## References
- RFC 7208 section 2.3
- RFC 7208 section 10.1.3
"""

from mailproof.checks.base import NotApplicable, Reporter, answered, decision, declare
from mailproof.checks.spf._facts import record_of, shown, spf_of
from mailproof.model import DomainFacts, FixRecord, Location, Severity
from mailproof.records.spf import is_spf


@declare(Severity.INFO, profiles="sending", needs="mx_lookup")
def check(facts: DomainFacts, report: Reporter) -> None:
    record_of(facts)
    spf = spf_of(facts)
    if not spf.helo:
        answered(facts.mx_lookup)
        raise NotApplicable("no MX host is below the domain")
    report.unanswered(*spf.helo)
    bare = [
        each
        for each in spf.helo
        if each.status == "nodata" or (each.found and not any(map(is_spf, each.records)))
    ]
    if bare:
        several = len(bare) > 1
        report(
            f"The mail host{'s' if several else ''} {shown(each.name for each in bare)} "
            f"{'have' if several else 'has'} no SPF record: bounces sent with "
            f"{'those names' if several else 'that name'} in HELO don't pass SPF.",
            location=Location(bare[0].name, "TXT"),
            fix=decision(
                "Publish v=spf1 a -all for each host that sends under its own name from its own address",
                *(FixRecord(lookup.name, "TXT", "v=spf1 a -all") for lookup in bare if not lookup.chain),
            ),
        )
