"""Delivery: message in the junk folder

## What it checks
The folder that the message arrived in. The rule fires where it is the junk folder.

## Why it matters
The message was not rejected, but no one reads it. The receiver distrusts the sender: authentication,
reputation or content.

## How to fix
Where the report has findings on SPF, DKIM or DMARC too, fix these first. Then look at the header fields that
the receiver's filter added (Authentication-Results, X-Spam-*, SCL) in the message section. Where all of them
pass, what is left is content and reputation: see the receiver's postmaster tools, or ask its administrator.

## Example
Before:

    Authentication-Results: mx.rcpt.test; spf=fail …; dkim=none; dmarc=fail

After (delivered to INBOX):

    Authentication-Results: mx.rcpt.test; spf=pass …; dkim=pass …; dmarc=pass

## References
- RFC 6154
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.delivery import found
from mailproof.model import RetrievalFacts, Severity


@declare(Severity.ERROR, found, because_of="AUTH014 MSG027")
def check(came: RetrievalFacts, report: Reporter) -> None:
    if came.junk:
        labels = (f"labels: {', '.join(came.labels)}",) if came.labels else ()
        report(
            f'The message arrived in the junk folder "{came.folder}" after {came.took_s:g} s.',
            evidence=labels,
            fix="Read what the receiver's filter wrote into the header of the message "
            "(Authentication-Results, X-Spam-*, SCL), and fix what it names",
        )
