"""MTA-STS: MX host missing from the policy

## What it checks
Each MX host of the domain, against the mx patterns of its policy. `*.` matches exactly one label.

## Why it matters
In mode enforce, sending servers don't deliver to a host that no pattern covers. Mail bounces after days
(`MX hosts of <domain> failed MTA-STS validation`). This happens when mail moves to other hosts and the
policy stays the same. In mode testing it is only reported.

## How to fix
Add the host to the policy before it becomes an MX, and publish a new id in the record.

## Example
Before:

    ; MX hosts: mx1.acme.example, mx2.acme.example
    version: STSv1
    mode: enforce
    mx: mx1.acme.example
    max_age: 2592000

After:

    ; MX hosts: mx1.acme.example, mx2.acme.example
    version: STSv1
    mode: enforce
    mx: mx1.acme.example
    mx: mx2.acme.example
    max_age: 2592000

## References
- RFC 8461 section 4.1
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.mta_sts._facts import Served, applied, mail_hosts
from mailproof.model import DomainFacts, Severity
from mailproof.records.mta_sts_policy import matches


@declare(Severity.ERROR, applied, consequence="lost", needs="mx mx_lookup")
def check(facts: DomainFacts, found: Served, report: Reporter) -> None:
    for host in mail_hosts(facts):
        if any(matches(pattern, host) for pattern in found.policy.mx):
            continue
        patterns = ", ".join(pattern.text for pattern in found.policy.mx[:10])
        enforced = found.policy.mode == "enforce"
        effect = "senders won't deliver to it" if enforced else "mode enforce would stop its mail"
        report(
            f"The MX host {host} is not in the MTA-STS policy: {effect}.",
            location=found.at_key("mx"),
            evidence=(f"mode: {found.policy.mode}", f"mx in the policy: {patterns or 'none'}"),
            fix=found.changed(f"Add the line 'mx: {host}' to the policy."),
            severity=found.severity,
        )
