"""Submission: accepted only on a retry

## What it checks
The answers to all attempts. The rule fires where the message was accepted at a later attempt (greylisting
or rate limiting).

## Why it matters
Mail through this server is delayed until it knows the sender. Servers that do not retry never get through.

## How to fix
Nothing has to be done. If the server is yours, exempt authenticated clients from greylisting.

## Example
Before:

    450 4.2.0 Greylisted, try again later
    (300 seconds later) 250 2.0.0 Ok: queued as 4XyZ

After:

    250 2.0.0 Ok: queued as 4XyZ

## References
- RFC 6647
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.delivery import accepted, evidence, place, said, smtp
from mailproof.model import DeliveryFacts, Severity


@declare(Severity.INFO, consequence="tidy")
def check(facts: DeliveryFacts, report: Reporter) -> None:
    smtp(facts)
    facts_of = accepted(facts)
    if facts_of.deferrals:
        first = facts_of.deferrals[0]
        report(
            f"{place(facts)} accepted the message at attempt {facts_of.attempts}, {facts_of.waited_s:g} s "
            f"later; its first answer was: {said(first)}.",
            evidence=evidence(first),
            fix="If the server is yours, exempt authenticated clients from greylisting",
        )
