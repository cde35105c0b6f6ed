"""Inbound: sender that takes no mail accepted

## What it checks
Where a message lands whose return path is in a domain with a null MX. The rule fires where it lands in
the inbox.

## Why it matters
No bounce and no answer can reach that sender. Domains with a null MX send no mail, so nearly all of it
is forged.

## How to fix
Reject senders whose domain has a null MX, as RFC 7505 recommends. Postfix does with
`reject_unknown_sender_domain`.
## Example
Before (Postfix):

    smtpd_sender_restrictions =

After:

    smtpd_sender_restrictions = reject_unknown_sender_domain

## References
- RFC 7505 section 4.2
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.inbound_cases import evidence, folder, in_inbox
from mailproof.model import InboundCase, Severity


@declare(Severity.WARNING, in_inbox("null-mx-sender"))
def check(case: InboundCase, report: Reporter) -> None:
    report(
        f"The server put a message in {folder(case)} whose sender {case.mail_from} cannot be answered: "
        "its domain has a null MX.",
        evidence=evidence(case),
        fix="Reject senders whose domain has a null MX (Postfix: reject_unknown_sender_domain)",
    )
