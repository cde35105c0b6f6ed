"""Submission: reply of the API cannot be used

## What it checks
The reply to the request. The rule fires where none came in time, it was cut off, too large, a redirect
(which is not followed), or is not what the provider documents.

## Why it matters
It is not known whether the message was accepted, unless the finding says otherwise. A program that sends
again may deliver it twice.

## How to fix
Check `url`: a proxy, a sign-in page or another service may answer there. Otherwise look at the provider's
status page and at its log for the message.

## Example
Before:

    HTTP 302 Location: https://sign-in.acme.example/

After:

    HTTP 200 {"MessageId": "0102018f7a1b2c3d"}

## References
- RFC 9112 section 8
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.delivery import ended_at_any, evidence, http, said
from mailproof.model import DeliveryFacts, HttpSubmission, Severity


@declare(Severity.ERROR, http)
def check(facts: DeliveryFacts, sent: HttpSubmission, report: Reporter) -> None:
    stage = ended_at_any(facts)
    if stage is None or sent.cause != "reply":
        return
    came = facts.retrieval.result if facts.retrieval is not None else ""
    known = {"found": " It was: the message arrived.", "bounced": " It was: the message bounced."}.get(came)
    doubt = known or " The message may or may not have been accepted." if sent.in_doubt else ""
    why = f"{stage.reason} (HTTP {stage.code})" if stage.code and stage.reason else said(stage)
    report(
        f"The reply of {sent.provider} cannot be used: {why}.{doubt}",
        evidence=evidence(stage),
        fix="Check 'url', and what answers there; look for the message in the provider's log",
    )
