"""DMARC: dangling CNAME at _dmarc

## What it checks
A CNAME at `_dmarc.<domain>`. The rule fires where its target has no TXT record, or only other ones.

## Why it matters
The domain has no DMARC record of its own, although the panel shows an entry. If anyone can register the
target's domain, its new owner sets your policy and receives your reports.

## How to fix
Ask the provider to publish the record at the target, or replace the CNAME by a TXT record of your own.

## Example
Before:

    _dmarc.acme.example. CNAME acme.dmarc-service.example.
    dmarc-service.example. A 192.0.2.1

After:

    _dmarc.acme.example. CNAME acme.dmarc-service.example.
    dmarc-service.example. A 192.0.2.1
    acme.dmarc-service.example. TXT "v=DMARC1; p=reject"

## References
- RFC 1034 section 3.6.2
- RFC 9989 section 4.10
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.dmarc._facts import FIRST_RECORD, own_step, walked
from mailproof.checks.mistaken import dangling
from mailproof.model import DomainFacts, FixRecord, Severity
from mailproof.records.dmarc_text import DMARC


@declare(Severity.ERROR, because_of="DNS021 DNS023")
def check(facts: DomainFacts, report: Reporter) -> None:
    lookup = own_step(facts).lookup
    if walked(facts).record is None:
        otherwise = f'replace the CNAME by a TXT record of your own, such as "{FIRST_RECORD}" to start with'
        dangling(report, lookup, DMARC, otherwise, FixRecord(lookup.name, "TXT", FIRST_RECORD))
    elif not lookup.found:
        otherwise = "remove the CNAME: the policy of the domain above then applies"
        dangling(report, lookup, DMARC, otherwise)
