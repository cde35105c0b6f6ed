"""DMARC: report destination not authorized

## What it checks
Each `rua` and `ruf` address in another organizational domain. The rule fires where `<policy
domain>._report._dmarc.<destination>` has no TXT record that begins with `v=DMARC1`.

## Why it matters
Receivers must not send reports to a third party that didn't agree to take them. These reports never arrive.

## How to fix
Ask the owner of the destination to publish the record. Report services do it for their customers, often
with a wildcard.

## Example
Before:

    _dmarc.acme.example. TXT "v=DMARC1; p=reject; rua=mailto:acme@reports.example"

After:

    _dmarc.acme.example. TXT "v=DMARC1; p=reject; rua=mailto:acme@reports.example"
    acme.example._report._dmarc.reports.example. TXT "v=DMARC1;"

## References
- RFC 9990 section 4
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.dmarc._facts import Applied, applied
from mailproof.model import Severity
from mailproof.records.dmarc_text import near_miss
from mailproof.records.tag_repair import NEAR_MISS_WORDS


@declare(Severity.WARNING, applied, consequence="reports")
def check(found: Applied, report: Reporter) -> None:
    for destination in found.dmarc.destinations:
        name = f"{found.dmarc.policy_domain}._report._dmarc.{destination.domain}"
        if destination.authorized is None:
            if destination.lookup is None or not destination.lookup.undetermined:
                report.unknown(f"the tree walk from {destination.domain} failed")
            report.unanswered(destination.lookup)
        if destination.authorized is not False or destination.takes_mail is False:
            continue  # a dead mailbox needs no permission: DMARC035 reports it
        no_consent = f"{destination.domain} has not agreed to take reports for {found.dmarc.policy_domain}"
        texts = destination.lookup.records if destination.lookup else ()
        miss = next((NEAR_MISS_WORDS[kind] for kind in map(near_miss, texts) if kind), "")
        why = destination.note or (f"{name} has no valid record: {miss}" if miss else no_consent)
        report(
            f"Receivers don't send reports to {destination.uri}: {why}.",
            location=found.at_destination(destination),
            evidence=(destination.lookup.describe(),) if destination.lookup else (),
            fix=f'Ask the owner of {destination.domain} to publish {name} TXT "v=DMARC1;", or use an address '
            "of your own.",
        )
