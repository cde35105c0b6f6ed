"""MTA-STS: policy host has no address

## What it checks
The addresses of `mta-sts.<domain>`, where `_mta-sts.<domain>` announces a policy.

## Why it matters
Sending servers can't fetch the policy, and deliver as if there were none. Those that have the old one keep
to it until it expires.

## How to fix
Publish an address (or CNAME) of the web server that serves the policy, or remove the MTA-STS record.

## Example
Before:

    _mta-sts.acme.example. TXT "v=STSv1; id=20261101"

After:

    _mta-sts.acme.example. TXT "v=STSv1; id=20261101"
    mta-sts.acme.example. A 192.0.2.80

## References
- RFC 8461 sections 3.2 and 3.3
"""

from mailproof.checks.base import Reporter, answered, declare
from mailproof.checks.mta_sts._facts import record_of, sts_of
from mailproof.checks.published import Published
from mailproof.model import DomainFacts, Severity, StsRecord


@declare(Severity.WARNING, record_of, because_of="DNS024")
def check(facts: DomainFacts, found: Published[StsRecord], report: Reporter) -> None:
    addresses = sts_of(facts).host
    if any(lookup.found for lookup in addresses):
        return
    answered(*addresses)
    host = f"mta-sts.{report.subject}"
    report(
        f"{found.name} announces a policy, but {host} has no address to fetch it from.",
        location=found.at(),
        evidence=tuple(lookup.describe() for lookup in addresses),
        fix=f"Publish the address of the web server with the policy at {host}, or remove the MTA-STS record.",
    )
