"""MX: host listed twice

## What it checks
The MX records of the domain. The rule fires where two name the same host.

## Why it matters
The second adds nothing: a sender that failed at the host fails there again.

## How to fix
Remove one, or name another host.

## Example
Before:

    acme.example. MX 10 mail.acme.example.
    acme.example. MX 20 mail.acme.example.

After:

    acme.example. MX 10 mail.acme.example.

## References
- RFC 5321 section 5.1
"""

from mailproof.checks.base import Reporter, declare, improvement
from mailproof.checks.mx._facts import hosts, mx_location, remove_mx
from mailproof.model import DomainFacts, MxHostFacts, Severity


@declare(Severity.INFO)
def check(facts: DomainFacts, report: Reporter) -> None:
    seen: dict[str, MxHostFacts] = {}
    for host in hosts(facts):
        first = seen.setdefault(host.host, host)
        if first is host or host.host == ".":
            continue
        report(
            f"{host.host} is listed as an MX host twice, with preference {first.preference} and "
            f"{host.preference}.",
            location=mx_location(facts, host),
            fix=improvement("Remove the less preferred record", remove_mx(facts, host)),
        )
