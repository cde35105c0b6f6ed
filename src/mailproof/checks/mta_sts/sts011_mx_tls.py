"""MTA-STS: MX host doesn't meet the policy

## What it checks
Each MX host that mailproof connected to. It must offer STARTTLS and present a certificate from a public CA,
in date and for its own name.

## Why it matters
In mode enforce, sending servers don't deliver to a host whose certificate fails. In mode testing they
deliver, and report it.

## How to fix
Install a certificate for the MX host's name with its intermediates. Set the policy to testing until it is
installed.

## Example
Before:

    ; policy: mode: enforce
    mx2.acme.example: self-signed certificate

After:

    ; policy: mode: enforce
    mx2.acme.example: certificate from a public CA, DNS:mx2.acme.example

## References
- RFC 8461 section 4.2
"""

from mailproof.checks.base import Reporter, declare, not_cut_off
from mailproof.checks.mta_sts._facts import Served, applied
from mailproof.checks.transport._facts import greeted
from mailproof.model import DomainFacts, Location, MxConnectionFacts, Severity


@declare(
    Severity.ERROR,
    applied,
    because_of="TLS006 TLS007 TLS009 TLS011 TLS012 TLS014",
    consequence="lost",
    needs="mx mx_lookup transport",
)
def check(facts: DomainFacts, found: Served, report: Reporter) -> None:
    not_cut_off(facts, "transport")
    for each in greeted(facts, report):
        if fault := _fault(each):
            report(
                f"{each.place} doesn't meet the MTA-STS policy: {fault}.",
                location=Location(each.host, "A"),
                evidence=(f"mode: {found.policy.mode}",),
                fix=f"Make {each.host} offer STARTTLS with a certificate from a public CA for its name.",
                severity=found.severity,
            )


def _fault(each: MxConnectionFacts) -> str:
    """Why a sender that applies the policy would not deliver; "" if it would."""
    if each.starttls is False:
        return "it doesn't offer STARTTLS"
    if each.tls is None:
        return each.starttls_problem
    if each.tls.verified is False:
        return each.tls.problem or "its certificate doesn't verify"
    return ""
