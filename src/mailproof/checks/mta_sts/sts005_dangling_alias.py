"""MTA-STS: dangling CNAME at _mta-sts

## What it checks
A CNAME at `_mta-sts.<domain>`. The rule fires where its target has no TXT record, or only other ones.

## Why it matters
The domain has no MTA-STS, although the panel shows an entry. If anyone can register the target, its new
owner can announce a policy that stops your mail.

## How to fix
Ask the provider to publish the record at the target, or remove the CNAME.

## Example
Before:

    _mta-sts.acme.example. CNAME _mta-sts.provider.example.
    provider.example. A 192.0.2.1

After:

    _mta-sts.acme.example. CNAME _mta-sts.provider.example.
    _mta-sts.provider.example. TXT "v=STSv1; id=7"

## References
- RFC 8461 section 8.2
- RFC 1034 section 3.6.2
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.mistaken import dangling
from mailproof.checks.mta_sts._facts import sts_of
from mailproof.model import MtaStsFacts, Severity
from mailproof.records.mta_sts import STS


@declare(Severity.WARNING, sts_of, because_of="DNS021 DNS023")
def check(sts: MtaStsFacts, report: Reporter) -> None:
    dangling(report, sts.lookup, STS, "remove the CNAME")
