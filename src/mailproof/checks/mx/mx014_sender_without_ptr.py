"""Sending host: no PTR record

## What it checks
The PTR record of each address given as a sending host (`--ip`).

## Why it matters
Gmail, Yahoo, Apple and Microsoft (over IPv6) reject or defer mail from addresses without reverse DNS.

## How to fix
Ask the owner of the address (your provider) to set the PTR record to the name that the host greets with.
Publish the address at that name too.

## Example
Before:

    40.2.0.192.in-addr.arpa. PTR ; NXDOMAIN

After:

    40.2.0.192.in-addr.arpa. PTR out.acme.example.
    out.acme.example.        A   192.0.2.40

## References
- Gmail error 4.7.23 and 5.7.25
- Yahoo and Apple sender requirements
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.mx._facts import sending_hosts
from mailproof.model import Location, SendingHostFacts, Severity


@declare(Severity.ERROR, each=sending_hosts, needs="sending_hosts", profiles="sending")
def check(host: SendingHostFacts, report: Reporter) -> None:
    pointer = host.address.ptr
    if pointer is None or pointer.found:
        return
    if pointer.undetermined:
        report.unanswered(pointer)
        return
    report(
        f"The sending host {host.address.address} has no PTR record.",
        location=Location(pointer.name, "PTR"),
        evidence=(pointer.describe(),),
        fix="Ask the provider of the address to set its PTR record to the name that the host greets with",
    )
