"""Inbound: virus test file accepted

## What it checks
Where a message lands that has the EICAR test file attached, which every virus scanner reports. It is
sent only with `--eicar`. The rule fires where it lands in the inbox.

## Why it matters
Attachments are not scanned, or what the scanner finds has no effect.

## How to fix
Connect a scanner (ClamAV through clamav-milter, Amavis or Rspamd's `antivirus` module), and let it reject.

## Example
Before (clamav-milter):

    OnInfected Accept

After:

    OnInfected Reject

## References
- https://www.eicar.org/download-anti-malware-testfile/
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.inbound_cases import evidence, folder, in_inbox
from mailproof.model import InboundCase, Severity


@declare(Severity.ERROR, in_inbox("eicar"))
def check(case: InboundCase, report: Reporter) -> None:
    report(
        f"The server put a message with the EICAR test file in {folder(case)}.",
        evidence=evidence(case),
        fix="Connect a virus scanner, and let it reject what it finds",
    )
