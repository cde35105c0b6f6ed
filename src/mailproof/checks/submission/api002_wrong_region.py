"""Submission: wrong region or address of the API

## What it checks
The reply of the provider's API. The rule fires where it says that the domain, the account or the path is
not there, or that the key is of another region.

## Why it matters
No mail leaves. Providers keep accounts in the EU and the US apart: a domain of one is unknown in the other.

## How to fix
Set `region` in `[profiles.NAME.submit]` to the one of the account, and remove `url` unless the server is
your own.

## Example
Before (a domain in the EU):

    kind = "mailgun"

After:

    kind = "mailgun"
    region = "eu"

## References
- RFC 9110 section 15.5.5
- https://documentation.mailgun.com/docs/mailgun/api-reference/api-overview
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.delivery import Refusal, refused_for
from mailproof.model import Severity


@declare(Severity.ERROR, refused_for("region"))
def check(refused: Refusal, report: Reporter) -> None:
    does = f"has nothing for this request at {refused.sent.endpoint}"
    refused.reported(report, does, "Check 'region' and 'url'")
