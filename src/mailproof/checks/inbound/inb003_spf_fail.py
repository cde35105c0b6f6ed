"""Inbound: mail that SPF forbids accepted

## What it checks
Where a message lands whose return path is in a domain whose SPF record forbids the sending address
(`-all`). The rule fires where it lands in the inbox.

## Why it matters
Spam with forged return paths gets through, and bounces go to people who did not send it.

## How to fix
Evaluate SPF, and let a fail count: reject it, or add to the spam score. Exempt servers that forward to you.

## Example
Before (policyd-spf):

    Mail_From_reject = False

After:

    Mail_From_reject = Fail

## References
- RFC 7208 section 8.4
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.inbound_cases import evidence, folder, in_inbox
from mailproof.model import InboundCase, InboundFacts, Severity


@declare(Severity.WARNING, in_inbox("spf"))
def check(facts: InboundFacts, case: InboundCase, report: Reporter) -> None:
    report(
        f"The server put a message in {folder(case)} whose return path {case.mail_from} forbids the "
        f"sending address {facts.client_ip} (SPF fail).",
        evidence=evidence(case),
        fix="Let an SPF fail count: reject it, or add to the spam score",
    )
