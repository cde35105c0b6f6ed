"""Authentication-Results: none from the receiving server

## What it checks
The `Authentication-Results` headers of the message. The rule fires where none is from the server that took
the message in.

## Why it matters
There is nothing to compare our results with, and no record of what the receiver decided.

## How to fix
Name the receiver's authserv-id with `--trust` if it differs from its host name.

## Example
Before:

    Received: from mail.acme.example ([192.0.2.10]) by mx.rcpt.test …

After:

    Authentication-Results: mx.rcpt.test; spf=pass …; dkim=pass …; dmarc=pass …
    Received: from mail.acme.example ([192.0.2.10]) by mx.rcpt.test …

## References
- RFC 8601 section 2.3
"""

from mailproof.checks.base import Reporter, Undetermined, declare
from mailproof.checks.message._facts import require_travelled
from mailproof.model import MessageFacts, Severity


@declare(Severity.INFO, consequence="tidy")
def check(facts: MessageFacts, report: Reporter) -> None:
    require_travelled(facts)
    results = facts.authentication_results
    if any(result.trusted for result in results):
        return
    receiver = facts.trust or "the receiver"
    if any(not each.forged and each.authserv_id.lower() == receiver.lower() for each in results):
        raise Undetermined(
            f"results in the name of {receiver} are there, but their position does not show who wrote them"
        )
    others = ", ".join(dict.fromkeys(r.authserv_id or "(no name)" for r in results[:10] if not r.forged))
    seen = f" (others: {others})" if others else ""
    message = f"There is no Authentication-Results header from {receiver}{seen}."
    report(message, fix="Name the receiver with --trust AUTHSERV-ID")
