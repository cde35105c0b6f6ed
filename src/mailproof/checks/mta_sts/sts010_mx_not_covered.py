"""An MX host is not in the MTA-STS policy

## What it checks
Each MX host of the domain against the mx patterns of its policy. `*.` stands for exactly one label.

## Why it matters
In mode enforce, senders do not deliver to a host that no pattern covers: mail bounces after days (`MX
hosts of <domain> failed MTA-STS validation`). It happens when mail moves to other hosts and the policy
stays. In mode testing it is only reported.

## How to fix
Add the host to the policy before it becomes an MX, and give the record a new id.

## References
- RFC 8461 section 4.1
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.mta_sts._facts import applied, at_policy, mail_hosts, severity_of, with_new_id
from mailproof.model import DomainFacts, Severity
from mailproof.records.mta_sts_policy import matches

RULE = declare(__name__, __doc__, Severity.ERROR, consequence="lost", needs=("mx", "mx_lookup"))


def check(facts: DomainFacts, report: Reporter) -> None:
    sts, policy = applied(facts)
    for host in mail_hosts(facts):
        if any(matches(pattern, host) for pattern in policy.mx):
            continue
        patterns = ", ".join(pattern.text for pattern in policy.mx[:10])
        effect = (
            "senders refuse to deliver to it" if policy.mode == "enforce" else "enforcing would stop its mail"
        )
        start = policy.mx[0].start if policy.mx else 0
        report(
            f"The MX host {host} is covered by no mx of the MTA-STS policy: {effect}.",
            location=at_policy(sts, start),
            evidence=(f"mode: {policy.mode}", f"mx of the policy: {patterns or 'none'}"),
            fix=with_new_id(sts, f"Add the line 'mx: {host}' to the policy."),
            severity=severity_of(policy),
        )
