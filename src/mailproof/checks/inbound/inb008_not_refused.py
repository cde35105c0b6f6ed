"""Inbound: forgery accepted into Junk

## What it checks
Where a message lands whose From domain asks receivers to reject what fails DMARC. The rule fires where
it lands in the junk folder.

## Why it matters
The forgery is marked, but it is there to be read, and the sender was not refused. Some servers do so on
purpose, to keep what mailing lists break.

## How to fix
Where that is not on purpose, reject at SMTP what fails DMARC with the policy `reject`.

## Example
Before (Rspamd):

    actions = { reject = "add header"; }

After:

    actions = { reject = "reject"; }

## References
- RFC 9989 section 7
"""

from mailproof.checks.base import NotApplicable, Reporter, declare
from mailproof.checks.inbound_cases import case_of, control_of, evidence, folder
from mailproof.model import InboundFacts, Severity


@declare(Severity.INFO)
def check(facts: InboundFacts, report: Reporter) -> None:
    if control_of(facts).place == "junk":
        raise NotApplicable("the harmless message is in Junk too")
    case = case_of(facts, "dmarc")
    if case.place == "junk" and case.asks == "reject":
        report(
            f"The server put a message from {case.header_from[0]} in {folder(case)}; "
            "the domain's DMARC policy asks for rejection.",
            evidence=evidence(case),
        )
