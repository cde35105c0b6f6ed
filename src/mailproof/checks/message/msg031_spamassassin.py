"""SpamAssassin: message classed as spam

## What it checks
Where spamd is configured (`--spamassassin`, or `[filters.spamassassin]`), its answer to the message. The
rule fires where it says spam, and lists the points and the rules that cost most. Without an answer the
result is `unknown`.

## Why it matters
Many mail servers run SpamAssassin, each with rules, lists and training of its own. Another one may come to
a different result, but what yours finds, others find too. Gmail, Yahoo and Microsoft use filters of their
own.

## How to fix
Fix the causes of the heaviest rules, from the top, until the sum is below the threshold.

## Example
Before:

    Spam: True ; 7.3 / 5.0

After:

    Spam: False ; -0.2 / 5.0

## References
- https://spamassassin.apache.org/
- https://svn.apache.org/repos/asf/spamassassin/trunk/spamd/PROTOCOL
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.message._filters import fix_of, line_of, points, response_of, weightiest
from mailproof.model import AskedFilter, Location, Severity


@declare(Severity.WARNING, response_of("SpamAssassin"))
def check(asked: AskedFilter, report: Reporter) -> None:
    if asked.verdict != "spam":
        return
    symbols = weightiest(asked.symbols)
    report(
        f"SpamAssassin ({asked.server}) classed the message as spam: {points(asked)}.",
        location=Location(name="SpamAssassin"),
        evidence=tuple(line_of(each) for each in symbols),
        fix=fix_of(symbols, "Read what the heaviest rules say, and change that"),
    )
