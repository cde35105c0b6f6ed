"""Submission: message refused by the provider

## What it checks
The reply of the provider's API. The rule fires where it refuses the message, its fields or its recipient,
or for a reason that no other rule names.

## Why it matters
No mail leaves.

## How to fix
Follow the provider's words.

## Example
Before:

    HTTP 422 {"message": "Missing `to` field."}

After:

    HTTP 200 {"id": "49a3999c"}

## References
- RFC 9110 section 15.5
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.delivery import Refusal, refused_for
from mailproof.model import Severity


@declare(Severity.ERROR, refused_for("content", "recipient", ""))
def check(refused: Refusal, report: Reporter) -> None:
    if refused.sent.cause or not 200 <= refused.sent.status < 300:
        refused.reported(report, "refuses the message", "Follow the provider's own words, or ask its support")
