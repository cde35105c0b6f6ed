"""Only some of the mail hosts have TLSA records

## What it checks
Whether all mail hosts have TLSA records where one has them under DNSSEC.

## Why it matters
An attacker who blocks the protected hosts leads all mail to the one that is not: the chain is as strong
as that.

## How to fix
Publish TLSA records for each host in the MX records, also for the backup.

## References
- RFC 7672 section 2.2.1
- RFC 7672 section 8.2
"""

from mailproof.checks.base import NotApplicable, Reporter, declare
from mailproof.checks.dane._facts import (
    IN_FORCE,
    dane,
    published,
    record_location,
    records_for_keys,
    with_records,
)
from mailproof.model import DomainFacts, Severity

RULE = declare(__name__, __doc__, Severity.WARNING, needs=("transport",))


def check(facts: DomainFacts, report: Reporter) -> None:
    hosts = tuple(with_records(facts, report))
    if not any(host.state in IN_FORCE for host in hosts):
        raise NotApplicable("no TLSA records of the mail hosts are in force")
    for host in dane(facts).hosts:
        if host.tlsa.absent:
            report(
                f"The mail host {host.host} has no TLSA records, while {hosts[0].host} has.",
                location=record_location(host),
                evidence=(host.tlsa.describe(),),
                fix=published(
                    facts,
                    host,
                    "Publish a record for its key, where its zone is signed",
                    records_for_keys(facts, host) if host.address_secure == "yes" else (),
                    "decision",
                ),
            )
