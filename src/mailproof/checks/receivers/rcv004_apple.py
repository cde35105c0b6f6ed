"""iCloud Mail: sender requirement not met

## What it checks
The requirements that iCloud Mail states for senders, as far as the DNS shows them. Runs with `--receiver
apple` or `--receiver all`, and fires on each that is not met. What only a message or the sender's own
figures can show is listed in the table and never fails.

## Why it matters
iCloud Mail rejects mail where SPF and DKIM both fail (554 5.7.1 [HME1]) or the sender's domain is not found
(450 4.1.8), and counts the rest against the sender.

## How to fix
See the finding of the rule behind it (SPF, DKIM, DMARC, MX), which has the record to publish.

## Example
Before: acme.example has no SPF record.

After:

    acme.example. TXT "v=spf1 mx -all"

## References
- Apple: postmaster information for iCloud Mail, support.apple.com/102322
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.receivers._facts import unmet
from mailproof.model import DomainFacts, Severity


@declare(Severity.ERROR)
def check(facts: DomainFacts, report: Reporter) -> None:
    unmet(report, facts, "apple")
