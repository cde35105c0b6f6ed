"""Submission: rate limit or quota of the provider

## What it checks
The reply of the provider's API. The rule fires where a limit on requests, messages or credits ended the
last try. How long it asks to wait (Retry-After) is in the finding.

## Why it matters
Mail is refused until the limit is reset, and not queued: what does not try again loses it.

## How to fix
Wait as long as the provider says, send more slowly, or raise the limit in the account. A probe tries again
within `retry_for`.

## Example
Before:

    HTTP 429
    Retry-After: 60

After (the probe waits that long):

    retry_for = 120

## References
- RFC 6585 section 4
- RFC 9110 section 10.2.3
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.delivery import Refusal, refused_for
from mailproof.model import Severity


@declare(Severity.ERROR, refused_for("quota"))
def check(refused: Refusal, report: Reporter) -> None:
    wait = refused.sent.retry_after_s
    after = f" It asks to wait {wait:g} s." if wait is not None else ""
    does = "has reached a limit for this account"
    refused.reported(report, does, "Wait, or raise the limit in the account", after)
