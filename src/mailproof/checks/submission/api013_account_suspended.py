"""Submission: account suspended or paused

## What it checks
The reply of the provider's API. The rule fires where the account may not send: suspended, paused, not
activated or not paid.

## Why it matters
No mail leaves at all until the provider lifts it. Bounces and complaints are the usual reason.

## How to fix
Open the provider's console: it says why, and how to appeal.

## Example
Before:

    HTTP 400 SendingPausedException

After (lifted by the provider):

    HTTP 200 {"MessageId": "0102018f7a1b2c3d"}

## References
- https://docs.aws.amazon.com/ses/latest/dg/faqs-enforcement.html
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.delivery import Refusal, refused_for
from mailproof.model import Severity


@declare(Severity.ERROR, refused_for("account"))
def check(refused: Refusal, report: Reporter) -> None:
    refused.reported(report, "does not let this account send", "Ask the provider's support")
