"""Submission: no STARTTLS

## What it checks
The server's extensions, where the profile asks for STARTTLS. The rule fires where STARTTLS is not among
them; nothing was sent then.

## Why it matters
The password and the message would cross the network in plain text. If the server is known to offer
STARTTLS, something on the path may remove it (a stripping attack, or a firewall's SMTP inspection).

## How to fix
Turn on STARTTLS at the server, or use port 465 (implicit TLS). In a test network without TLS, set `security
= "plain"`.

## Example
Before:

    250-smtp.acme.example
    250 SIZE 52428800

After (Postfix: `smtpd_tls_security_level = may` with a certificate):

    250-smtp.acme.example
    250-SIZE 52428800
    250 STARTTLS

## References
- RFC 3207
- RFC 8314 section 3.3
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.delivery import ended, evidence, place, smtp
from mailproof.model import DeliveryFacts, Severity, SubmissionStage


@declare(Severity.ERROR, ended("starttls", by=("unsupported",)))
def check(facts: DeliveryFacts, stage: SubmissionStage, report: Reporter) -> None:
    offered = ", ".join(smtp(facts).extensions) or "no extensions"
    report(
        f"{place(facts)} does not offer STARTTLS, so nothing was sent.",
        evidence=(*evidence(stage), f"offered: {offered}"),
        fix="Enable TLS on the server's submission port, or use port 465 with implicit TLS",
    )
