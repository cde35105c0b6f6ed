"""Yahoo: sender requirement not met

## What it checks
The requirements that Yahoo states for senders, as far as the DNS shows them. Runs with `--receiver yahoo`
or `--receiver all`, and fires on each that is not met. What only a message or the sender's own figures can
show is listed in the table and never fails.

## Why it matters
Yahoo and AOL defer or reject such mail (421, 451, 553, 554). They have tests of their own: an SOA query for
the domain, no null MX, no PTR name that looks dynamic.

## How to fix
See the finding of the rule behind it (SPF, DKIM, DMARC, MX), which has the record to publish.

## Example
Before:

    25.2.0.192.in-addr.arpa. PTR 192-0-2-25.dyn.isp.example.

After:

    25.2.0.192.in-addr.arpa. PTR mail.acme.example.

## References
- Yahoo Sender Hub: sender best practices
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.receivers._facts import unmet
from mailproof.model import DomainFacts, Severity


@declare(Severity.ERROR)
def check(facts: DomainFacts, report: Reporter) -> None:
    unmet(report, facts, "yahoo")
