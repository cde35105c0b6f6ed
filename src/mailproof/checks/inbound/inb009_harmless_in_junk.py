"""Inbound: harmless message in Junk

## What it checks
The folder of the control message, which has no fault. The rule fires where that is the junk folder.

## Why it matters
Where everything from this machine goes to Junk, that a forgery does too says nothing about the server's
checks.

## How to fix
Send from a machine and an address with a better reputation: set `mail_from` to an address whose SPF record
allows this machine, or whose domain has no DMARC policy.

## Example
Before:

    [profiles.default.inbound]
    mail_from = "test@acme.example"      # SPF does not allow this machine

After:

    [profiles.default.inbound]
    mail_from = "test@lab.acme.example"  # v=spf1 ip4:192.0.2.10 -all

## References
- RFC 7208 section 2.6
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.inbound_cases import control_of, evidence, folder
from mailproof.model import InboundCase, Severity


@declare(Severity.WARNING, control_of)
def check(control: InboundCase, report: Reporter) -> None:
    if control.place == "junk":
        report(
            f"The harmless control message is in {folder(control)}: that others are there too says little.",
            evidence=evidence(control),
            fix="Set mail_from to an address for which this machine may send",
        )
