"""Inbound: message with two From fields accepted

## What it checks
Where a message with two From header fields lands. The rule fires where it lands in the inbox.

## Why it matters
A message has exactly one From field. With two, the server may authenticate one of them while the mail
program shows the other, so that DMARC protects no one.

## How to fix
Reject such messages. OpenDMARC does with `RequiredHeaders true`; Rspamd scores `MULTIPLE_FROM`.

## Example
Before:

    From: <test@acme.example>
    From: <ceo@bank.example>

After:

    From: <test@acme.example>

## References
- RFC 5322 section 3.6
- RFC 9989 section 11.5
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.inbound_cases import evidence, folder, in_inbox
from mailproof.model import InboundCase, Severity


@declare(Severity.ERROR, in_inbox("two-from"))
def check(case: InboundCase, report: Reporter) -> None:
    report(
        f"The server put a message with two From fields in {folder(case)}.",
        evidence=evidence(case),
        fix="Reject messages that do not have exactly one From field (OpenDMARC: RequiredHeaders true)",
    )
