"""A sending host has no PTR record

## What it checks
Whether each address given as sending mail has a PTR record.

## Why it matters
Gmail, Yahoo, Apple and Microsoft (over IPv6) refuse or defer mail from addresses without reverse DNS.

## How to fix
The owner of the address (your provider) sets the PTR, to the name by which the host greets; publish that
name's address too.

## References
- Gmail error 4.7.23 and 5.7.25
- Yahoo and Apple sender requirements
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.mx._facts import sending_hosts
from mailproof.model import DomainFacts, Fix, Location, Severity

RULE = declare(__name__, __doc__, Severity.ERROR, needs=("sending_hosts",), profiles="sending")


def check(facts: DomainFacts, report: Reporter) -> None:
    for host in sending_hosts(facts):
        pointer = host.address.ptr
        if pointer is None or pointer.found:
            continue
        if pointer.undetermined:
            report.unanswered(pointer)
            continue
        report(
            f"The sending host {host.address.address} has no PTR record.",
            location=Location(pointer.name, "PTR"),
            evidence=(pointer.describe(),),
            fix=Fix(
                "Have the provider of the address set its PTR record to the name that the host greets with"
            ),
        )
