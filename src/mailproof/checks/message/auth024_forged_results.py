"""Authentication-Results: forged

## What it checks
The `Authentication-Results` headers that carry the name of the trusted server. The rule fires where that
server can't have written the header and its own results are elsewhere. A header whose writer can't be known
counts for nothing, and is not called forged.

## Why it matters
The header was there before the message arrived. Software that trusts it by its name alone (OpenDMARC does)
reports a pass for mail that passed nothing.

## How to fix
Let the receiving server remove incoming headers with its own authserv-id before its filters run.

## Example
Before (below the Received header of mx.rcpt.test):

    Authentication-Results: mx.rcpt.test; spf=fail smtp.mailfrom=alice@acme.example
    Received: from out.esp.test ([198.51.100.20]) by mx.rcpt.test …
    Authentication-Results: mx.rcpt.test; spf=pass smtp.mailfrom=alice@acme.example

After:

    Authentication-Results: mx.rcpt.test; spf=fail smtp.mailfrom=alice@acme.example
    Received: from out.esp.test ([198.51.100.20]) by mx.rcpt.test …

## References
- RFC 8601 section 5
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.message._facts import in_header
from mailproof.model import MessageFacts, Severity


@declare(Severity.WARNING, consequence="forged")
def check(facts: MessageFacts, report: Reporter) -> None:
    passed = next((i for i, hop in enumerate(facts.received) if hop.handover), len(facts.received))
    earlier = {hop.by.lower() for hop in facts.received[passed + 1 :]}
    for result in facts.authentication_results:
        if not result.forged:
            continue
        said = ", ".join(f"{m.method}={m.result}" for m in result.methods[:6]) or "nothing"
        before = result.authserv_id.lower() in earlier
        origin = "it came with the message"
        if before:
            origin = "it is forged, or from an earlier pass through that host"
        report(
            f"An Authentication-Results header in the name of {result.authserv_id} ({said}) is where "
            f"that server can't have written it: {origin}, and proves nothing.",
            location=in_header("Authentication-Results", result.raw, result.authserv_id),
            fix=None
            if before
            else f"Let {facts.trust} remove such headers from incoming mail before its filters run",
            severity=Severity.INFO if before else None,
        )
