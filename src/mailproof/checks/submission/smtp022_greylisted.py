"""The message was taken only after a temporary refusal

## What it checks
The rule reports a message that was accepted at a later attempt (greylisting or rate limiting).

## Why it matters
Mail through this server comes late by the waiting time, until it knows the sender. Servers that do not
retry never get through.

## How to fix
Nothing must be done. Where the server is your own, exempt authenticated clients from greylisting.

## References
- RFC 6647
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.delivery import accepted, evidence, place, said, smtp
from mailproof.model import DeliveryFacts, Fix, Severity

RULE = declare(__name__, __doc__, Severity.INFO, consequence="tidy")


def check(facts: DeliveryFacts, report: Reporter) -> None:
    smtp(facts)
    facts_of = accepted(facts)
    if facts_of.deferrals:
        first = facts_of.deferrals[0]
        report(
            f"{place(facts)} took the message at attempt {facts_of.attempts}, {facts_of.waited_s:g} s later; "
            f"at first it said: {said(first)}.",
            evidence=evidence(first),
            fix=Fix("Exempt authenticated clients from greylisting where the server is yours."),
        )
