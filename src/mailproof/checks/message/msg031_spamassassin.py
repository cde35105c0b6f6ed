"""SpamAssassin calls the message spam

## What it checks
Where a spamd is configured (`--spamassassin`, or `[filters.spamassassin]`), the message is sent to it. Its
verdict, its points and the rules that cost most are told. Where it gives no answer, the outcome is
`unknown`.

## Why it matters
Many mail servers run SpamAssassin, each with rules, lists and training of its own: another one may judge
otherwise, but what your own finds others find too. Gmail, Yahoo and Microsoft use filters of their own.

## How to fix
Mend the causes of the weightiest rules, from the top, until the sum stays below the threshold.

## References
- https://spamassassin.apache.org/
- https://svn.apache.org/repos/asf/spamassassin/trunk/spamd/PROTOCOL
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.message._filters import asked_of, mending, points, told, weightiest
from mailproof.model import Location, MessageFacts, Severity

RULE = declare(__name__, __doc__, Severity.WARNING)


def check(facts: MessageFacts, report: Reporter) -> None:
    asked = asked_of(facts, "SpamAssassin")
    if asked.verdict != "spam":
        return
    symbols = weightiest(asked.symbols)
    report(
        f"SpamAssassin ({asked.server}) calls the message spam: {points(asked)}.",
        location=Location(name="SpamAssassin"),
        evidence=tuple(told(each) for each in symbols),
        fix=mending(symbols, "look at what the weightiest rules say, and change that"),
    )
