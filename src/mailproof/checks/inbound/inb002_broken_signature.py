"""Inbound: broken DKIM signature accepted

## What it checks
Where a message lands whose DKIM signature does not verify, and whose From domain asks for refusal by
DMARC. The rule fires where it lands in the inbox.

## Why it matters
A server that believes a signature because it is there, without verifying it, can be sent mail in the
name of any domain.

## How to fix
Verify signatures (OpenDKIM with `Mode v` or `sv`, Rspamd's `dkim` module) and act on DMARC, which counts
a broken signature as none.
## Example
Before (OpenDKIM signs only):

    Mode s

After:

    Mode sv

## References
- RFC 6376 section 6.1
- RFC 9989 section 7
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.inbound_cases import evidence, folder, in_inbox
from mailproof.model import InboundCase, Severity


@declare(Severity.ERROR, in_inbox("dkim"))
def check(case: InboundCase, report: Reporter) -> None:
    report(
        f"The server put a message from {case.header_from[0]} with a broken DKIM signature in "
        f"{folder(case)}, although the domain's DMARC policy is {case.asks}.",
        evidence=evidence(case),
        fix="Verify DKIM signatures, and act on DMARC, to which a broken signature is none",
    )
