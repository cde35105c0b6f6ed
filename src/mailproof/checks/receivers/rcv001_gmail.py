"""Gmail: sender requirement not met

## What it checks
The requirements that Gmail states for senders, as far as the DNS shows them. Runs with `--receiver gmail`
or `--receiver all`, and fires on each that is not met. What only a message or the sender's own figures can
show is listed in the table and never fails.

## Why it matters
Gmail defers or rejects such mail with the code that the finding names (4.7.x and 5.7.x). Once you have sent
close to 5,000 messages in a day to personal accounts, you are a bulk sender for good and must meet the rest
too.

## How to fix
See the finding of the rule behind it (SPF, DKIM, DMARC, MX), which has the record to publish.

## Example
Before: no PTR record for 192.0.2.25.

After:

    25.2.0.192.in-addr.arpa. PTR mail.acme.example.
    mail.acme.example. A 192.0.2.25

## References
- Google: email sender guidelines, support.google.com/a/answer/81126
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.receivers._facts import unmet
from mailproof.model import DomainFacts, Severity


@declare(Severity.ERROR)
def check(facts: DomainFacts, report: Reporter) -> None:
    unmet(report, facts, "gmail")
