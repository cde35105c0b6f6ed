"""Outlook.com: sender requirement not met

## What it checks
The requirements that Outlook.com states for senders, as far as the DNS shows them. Runs with `--receiver
microsoft` or `--receiver all`, and fires on each that is not met. What only a message or the sender's own
figures can show is listed in the table and never fails.

## Why it matters
Since 5 May 2025 Outlook.com, Hotmail and Live reject mail of senders of over 5,000 messages a day without
SPF, DKIM and DMARC (550 5.7.515).

## How to fix
See the finding of the rule behind it (SPF, DKIM, DMARC, MX), which has the record to publish.

## Example
Before (the include has no SPF record: permerror):

    acme.example. TXT "v=spf1 mx include:gone.esp.example -all"

After:

    acme.example. TXT "v=spf1 mx -all"

## References
- Microsoft Defender for Office 365 blog, 2 and 30 April 2025
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.receivers._facts import unmet
from mailproof.model import DomainFacts, Severity


@declare(Severity.ERROR)
def check(facts: DomainFacts, report: Reporter) -> None:
    unmet(report, facts, "microsoft")
