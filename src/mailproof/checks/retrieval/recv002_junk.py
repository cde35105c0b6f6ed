"""The message landed in the junk folder

## What it checks
The rule reports a message that was delivered into the folder for junk.

## Why it matters
It was not refused, but nobody reads it. The receiver did not believe the sender: authentication, reputation
or content.

## How to fix
Mend the findings on SPF, DKIM and DMARC first; then look at the headers that the receiver's filter added
(Authentication-Results, X-Spam-*, SCL) in the message section.

## References
- RFC 6154
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.delivery import found
from mailproof.model import DeliveryFacts, Fix, Severity

RULE = declare(__name__, __doc__, Severity.ERROR, because_of=("AUTH014", "MSG027"))


def check(facts: DeliveryFacts, report: Reporter) -> None:
    came = found(facts)
    if came.junk:
        labels = (f"labels: {', '.join(came.labels)}",) if came.labels else ()
        report(
            f'The message arrived after {came.waited_s:g} s in "{came.folder}", a folder for junk.',
            evidence=labels,
            fix=Fix(
                "Fix what the authentication findings name, then see the filter's headers in the message."
            ),
        )
