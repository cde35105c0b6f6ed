"""A requirement of Gmail is not met

## What it checks
Each requirement that Gmail states for senders and that the DNS can tell of. Asked for by
`--receiver gmail` or `--receiver all`. What only a message or the sender's own figures can tell is listed
in the table, and never fails.

## Why it matters
Gmail defers or refuses such mail with the code that the finding names (4.7.x and 5.7.x). Who sends close to
5,000 messages a day to personal accounts is a bulk sender for good, and must meet the rest too.

## How to fix
See the finding of the rule behind it (SPF, DKIM, DMARC, MX), which has the record to publish.

## References
- Google: email sender guidelines, support.google.com/a/answer/81126
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.receivers._facts import unmet
from mailproof.model import DomainFacts, Severity

RULE = declare(__name__, __doc__, Severity.ERROR)


def check(facts: DomainFacts, report: Reporter) -> None:
    unmet(report, facts, "gmail")
