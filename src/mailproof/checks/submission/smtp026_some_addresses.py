"""Submission: an address of the server does not work

## What it checks
Each IPv4 and IPv6 address of the submission server, up to signing in, where `--every-address`
(`every_address`) asks for it. The rule fires for an address that fails while another works.

## Why it matters
Clients try one address after another, or stay with the first. Mail is delayed or fails now and then, for
those who happen to meet that address, and tests from elsewhere see nothing of it.

## How to fix
Repair the server at that address (service, firewall, certificate), or remove its A or AAAA record.

## Example
Before:

    smtp.acme.example. A    192.0.2.25
    smtp.acme.example. AAAA 2001:db8::25    ; nothing listens there

After:

    smtp.acme.example. A    192.0.2.25

## References
- RFC 5321 section 5.1
"""

from mailproof.checks.base import NotApplicable, Reporter, declare
from mailproof.checks.delivery import said, smtp
from mailproof.model import Severity, SmtpSubmission


@declare(Severity.ERROR, smtp)
def check(sent: SmtpSubmission, report: Reporter) -> None:
    if not any(each.works for each in sent.addresses):
        raise NotApplicable("not every address was tried, or none works")
    for each in sent.addresses:
        if each.failure is not None:
            report(
                f"{sent.host} does not work at its address {each.address} ({each.failure.stage}): "
                f"{said(each.failure)}",
                fix=f"Repair the server at {each.address}, or remove that address of {sent.host}",
            )
