"""A TLSA record that matches no certificate in use

## What it checks
Whether, beside the record that matches, there are usable ones that match none of the certificates seen.

## Why it matters
That is right while keys are changed: the next key's record is there before the key. It is a leftover
afterwards, and if the old key was stolen it still opens the door.

## How to fix
If no change of keys is under way, remove the record. For the next one: publish `3 1 1` of the new key
beside the old, wait two TTLs, change the key, then remove the old record.

## References
- RFC 7671 section 8.1
- RFC 7672 section 8.2
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.dane._facts import certificate_seen, published, record_location, removals, with_records
from mailproof.model import DomainFacts, Severity

RULE = declare(__name__, __doc__, Severity.INFO, needs=("transport",))


def check(facts: DomainFacts, report: Reporter) -> None:
    """A finding for each record without a certificate, where another one matches."""
    for host in with_records(facts, report):
        if not certificate_seen(facts, report, host):
            continue
        used = {index for match in host.matches for index in match.records}
        for index, record in enumerate(host.records):
            if used and record.usable and index not in used:
                report(
                    f"The TLSA record {record.parameters} {record.data[:16]}… of {host.host} matches no "
                    "certificate that the host shows.",
                    location=record_location(host, record),
                    fix=published(
                        facts,
                        host,
                        "If it is not for the next key, remove it; if it is, keep both until the change",
                        removals(host, record),
                        "decision",
                    ),
                )
