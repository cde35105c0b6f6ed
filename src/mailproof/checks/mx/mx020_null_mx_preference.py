"""MX: null MX with a preference other than 0

## What it checks
The MX records of the domain. The rule points out a null MX (host `.`) without another host whose preference
is not 0.

## Why it matters
RFC 7505 defines the null MX with preference 0. Most senders look only at the host and treat it as a null MX
all the same, but nothing requires them to.

## How to fix
Publish `0 .`.

## Example
Before:

    acme.example. MX 10 .

After:

    acme.example. MX 0 .

## References
- RFC 7505 section 3
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.mx._facts import hosts, mx_location, remove_mx
from mailproof.model import DomainFacts, Fix, FixRecord, MxHostFacts, Severity


@declare(Severity.INFO, hosts, profiles="all")
def check(facts: DomainFacts, found: tuple[MxHostFacts, ...], report: Reporter) -> None:
    null = next((host for host in found if host.preference), None)
    if null is None or any(host.host != "." for host in found):
        return
    removed = [remove_mx(facts, host) for host in found if host.preference]
    report(
        f"The null MX of {facts.domain} has preference {null.preference}; RFC 7505 requires 0.",
        location=mx_location(facts, null),
        fix=Fix("Set the preference to 0", (*removed, FixRecord(facts.domain, "MX", "0 ."))),
    )
