"""Inbound: forgery of a p=reject domain accepted

## What it checks
Where a message lands whose From domain asks for refusal by DMARC, and which neither SPF nor DKIM
authenticates. The rule fires where it lands in the inbox.

## Why it matters
Your users can be sent mail in the name of any domain, your own included, and see no warning.

## How to fix
Make the server act on DMARC failures: reject where the policy is `reject`, file in Junk where it is
`quarantine`. OpenDMARC only adds a header field until `RejectFailures` is on; Rspamd needs the `dmarc`
module with actions.
## Example
Before (OpenDMARC):

    RejectFailures false

After:

    RejectFailures true

## References
- RFC 9989 section 7
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.inbound_cases import evidence, folder, in_inbox
from mailproof.model import InboundCase, Severity


@declare(Severity.ERROR, in_inbox("dmarc"))
def check(case: InboundCase, report: Reporter) -> None:
    report(
        f"The server put a message from {case.header_from[0]} in {folder(case)}, although its domain's "
        f"DMARC policy is {case.asks} and nothing authenticates it.",
        evidence=evidence(case),
        fix="Make the server reject mail that fails DMARC where the policy is reject "
        "(OpenDMARC: RejectFailures true; Rspamd: dmarc actions)",
    )
