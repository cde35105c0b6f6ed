"""Submission: server error of the provider

## What it checks
The reply of the provider's API. The rule fires where its status is 500 or above.

## Why it matters
No mail leaves. The fault is at the provider, or in a proxy before it; it mostly passes.

## How to fix
Look at the provider's status page, and try again later. Have your application try again.

## Example
Before:

    HTTP 503

After:

    HTTP 200

## References
- RFC 9110 section 15.6
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.delivery import Refusal, refused_for
from mailproof.model import Severity


@declare(Severity.ERROR, refused_for("server"))
def check(refused: Refusal, report: Reporter) -> None:
    advice = "Look at the provider's status page, and try again later"
    refused.reported(report, "reports an error of its own", advice)
