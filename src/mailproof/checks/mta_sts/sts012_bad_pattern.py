"""MTA-STS: invalid mx pattern in the policy

## What it checks
The mx patterns of the policy. Each must be a host name, with `*.` allowed as its first label.

## Why it matters
A pattern with an IP address, a scheme, a trailing dot or a * elsewhere matches no host. Some sending
servers treat the whole policy as malformed.

## How to fix
Write the name of the MX host as in the MX record.

## Example
Before:

    mx: https://mx1.acme.example

After:

    mx: mx1.acme.example

## References
- RFC 8461 sections 3.2 and 4.1
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.mta_sts._facts import Served, policy_of
from mailproof.model import Severity


@declare(Severity.WARNING, policy_of)
def check(found: Served, report: Reporter) -> None:
    for pattern in found.policy.mx[:20]:
        if pattern.problem:
            report(
                f"The policy line 'mx: {pattern.text[:80]}' matches no host: {pattern.problem}.",
                location=found.at(pattern),
                fix=found.changed("Write the MX host as in the MX record, or remove the line."),
            )
