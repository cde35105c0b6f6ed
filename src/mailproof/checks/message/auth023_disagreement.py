"""Authentication-Results: differ from our results

## What it checks
The results in the `Authentication-Results` of the trusted server. The rule fires where one differs from
ours.

## Why it matters
Something changed since (a record was corrected), or the receiver's software evaluates differently from the
RFC. A signature that it verified, and that does not verify now because the key is gone or this copy was
changed, is unknown, and no finding.

## How to fix
Read the note in the finding. If the DNS has changed, verify against a snapshot of that day; else go by the
receiving server for what it did with the message.

## Example
Before (the record was corrected since, so we get `pass`):

    Authentication-Results: mx.rcpt.test; spf=softfail smtp.mailfrom=alice@acme.example

After:

    Authentication-Results: mx.rcpt.test; spf=pass smtp.mailfrom=alice@acme.example

## References
- RFC 8601 section 2.7
"""

from mailproof.checks.base import Reporter, declare, some
from mailproof.checks.message._facts import in_header
from mailproof.model import MessageFacts, Severity


@declare(Severity.WARNING, consequence="tidy")
def check(facts: MessageFacts, report: Reporter) -> None:
    trusted = (result for result in facts.authentication_results if result.trusted)
    for result in some(trusted, "no Authentication-Results header of a trusted server"):
        for method in result.methods:
            if method.agrees is False:
                named = " ".join(f"{p.ptype}.{p.name}={p.value}" for p in method.properties if p.ptype)
                report(
                    f"{result.authserv_id or facts.trust} reports {method.method}={method.result}"
                    f"{f' ({named})' if named else ''}, we get {method.ours}: {method.note}.",
                    location=in_header(
                        "Authentication-Results", result.raw, f"{method.method}={method.result}"
                    ),
                    evidence=(f"comment: {method.comment}",) if method.comment else (),
                )
