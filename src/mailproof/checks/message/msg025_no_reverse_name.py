"""Delivery: no confirmed PTR for the sending host

## What it checks
What the server that took the message wrote about the client's name. The rule fires where it found no PTR
name that leads back to the address (Postfix: `unknown`, Sendmail: `may be forged`).

## Why it matters
Gmail rejects such mail (550 5.7.25, over IPv6 550 5.7.1). Yahoo and Apple require the name too.

## How to fix
Let the provider of the address set a PTR to the server's own name, and publish that name's A or AAAA
record.

## Example
Before:

    Received: from mail.acme.example (unknown [192.0.2.10]) by mx.rcpt.test …

After:

    Received: from mail.acme.example (mail.acme.example [192.0.2.10]) by mx.rcpt.test …

## References
- https://support.google.com/mail/answer/81126
- https://senders.yahooinc.com/best-practices/
- RFC 1912 section 2.1
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.message._facts import handover_of, in_header
from mailproof.message.senders import no_reverse_name
from mailproof.model import ReceivedHop, Severity


@declare(Severity.WARNING, handover_of)
def check(hop: ReceivedHop, report: Reporter) -> None:
    if not hop.ip or not no_reverse_name(hop):
        return
    report(
        f"{hop.by or 'The receiving server'} found no PTR name for {hop.ip} that leads back to it.",
        location=in_header("Received", hop.raw, hop.ip),
        fix=f"Publish a PTR record for {hop.ip} with the server's name, and that name's address record",
    )
