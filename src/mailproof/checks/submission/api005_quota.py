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
from mailproof.checks.delivery import evidence, refused_for, said
from mailproof.model import DeliveryFacts, Severity


@declare(Severity.ERROR)
def check(facts: DeliveryFacts, report: Reporter) -> None:
    sent, stage = refused_for(facts, "quota")
    wait = f" It asks to wait {sent.retry_after_s:g} s." if sent.retry_after_s is not None else ""
    report(
        f"{sent.provider} has reached a limit for this account: {said(stage)}.{wait}",
        evidence=evidence(stage),
        fix=sent.advice or "Wait, or raise the limit in the account",
    )
