"""A requirement of iCloud Mail is not met

## What it checks
Each requirement that iCloud Mail states for senders and that the DNS can tell of. Asked for by
`--receiver apple` or `--receiver all`. What only a message or the sender's own figures can tell is listed
in the table, and never fails.

## Why it matters
iCloud Mail refuses mail where SPF and DKIM both fail (554 5.7.1 [HME1]) or the sender's domain is not found
(450 4.1.8), and counts the rest against the sender.

## How to fix
See the finding of the rule behind it (SPF, DKIM, DMARC, MX), which has the record to publish.

## References
- Apple: postmaster information for iCloud Mail, support.apple.com/102322
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.receivers._facts import unmet
from mailproof.model import DomainFacts, Severity

RULE = declare(__name__, __doc__, Severity.ERROR)


def check(facts: DomainFacts, report: Reporter) -> None:
    unmet(report, facts, "apple")
