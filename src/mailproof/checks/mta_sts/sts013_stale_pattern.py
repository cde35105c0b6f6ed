"""MTA-STS: mx pattern without an MX host

## What it checks
The mx patterns of the policy. The rule fires where one covers none of the domain's MX hosts.

## Why it matters
Should someone change your MX records on the way, the hosts of a former provider still in the policy pass as
yours. During a move the pattern is useful.

## How to fix
Remove the line once no cached MX record names the host any more.

## Example
Before:

    ; MX host: mx1.acme.example
    mx: mx1.acme.example
    mx: mx.former-provider.example

After:

    ; MX host: mx1.acme.example
    mx: mx1.acme.example

## References
- RFC 8461 section 4.1
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.mta_sts._facts import Served, applied, mail_hosts
from mailproof.model import DomainFacts, Severity
from mailproof.records.mta_sts_policy import matches


@declare(Severity.INFO, applied, needs="mx mx_lookup")
def check(facts: DomainFacts, found: Served, report: Reporter) -> None:
    hosts = mail_hosts(facts)
    for pattern in found.policy.mx[:20]:
        if not pattern.problem and not any(matches(pattern, host) for host in hosts):
            report(
                f"The policy line 'mx: {pattern.text}' covers none of the MX hosts of {facts.domain}.",
                location=found.at(pattern),
                evidence=(f"MX hosts: {', '.join(hosts[:10])}",),
                fix=found.changed("Remove the line if you have left that provider."),
            )
