"""A requirement of Yahoo is not met

## What it checks
Each requirement that Yahoo states for senders and that the DNS can tell of. Asked for by
`--receiver yahoo` or `--receiver all`. What only a message or the sender's own figures can tell is listed
in the table, and never fails.

## Why it matters
Yahoo and AOL defer or refuse such mail (421, 451, 553, 554), and test in ways of their own: an SOA query
for the domain, no null MX, no PTR name that looks dynamic.

## How to fix
See the finding of the rule behind it (SPF, DKIM, DMARC, MX), which has the record to publish.

## References
- Yahoo Sender Hub: sender best practices
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.receivers._facts import unmet
from mailproof.model import DomainFacts, Severity

RULE = declare(__name__, __doc__, Severity.ERROR)


def check(facts: DomainFacts, report: Reporter) -> None:
    unmet(report, facts, "yahoo")
