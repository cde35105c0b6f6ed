"""Submission: API key refused

## What it checks
The reply of the provider's API, or of the server that issues its OAuth tokens. The rule fires where it
refuses the key, or says that the key lacks a permission.

## Why it matters
No mail leaves. Keys are often made for one purpose, one account or one region, and revoked when they leak.

## How to fix
Check that the variable or command gives the whole key, that it was not revoked, and that it may send.
Amazon SES also refuses a right key where this machine's clock is more than five minutes off.

## Example
Before:

    HTTP 401 {"message": "Forbidden"}

After (a key that may send):

    key = { env = "MAILGUN_SENDING_KEY" }

## References
- RFC 9110 section 15.5.2
- RFC 6749 section 5.2
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.delivery import Refusal, refused_for
from mailproof.model import Severity


@declare(Severity.ERROR, refused_for("key"))
def check(refused: Refusal, report: Reporter) -> None:
    refused.reported(report, "refuses the key", "Check the key, and that it may send")
