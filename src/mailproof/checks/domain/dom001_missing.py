"""Domain: does not exist

## What it checks
The answer of the DNS for the domain. The rule fires where it is NXDOMAIN.

## Why it matters
The domain can't receive mail, and receivers reject mail from a domain that does not exist (Apple 450 4.1.8,
Yahoo 451).

## How to fix
Check the spelling. Register or renew the domain, or publish records at the name. The finding lists similar
names that exist: names with a typing error corrected, well-known domains at one edit, and the domain above.

## Example
Before:

    ; audit of amce.example
    acme.example. A 192.0.2.1

After:

    ; audit of acme.example
    acme.example. SOA ns1.acme.example. hostmaster.acme.example. 1 7200 3600 1209600 3600
    acme.example. NS ns1.acme.example.
    ns1.acme.example. A 192.0.2.53

## References
- RFC 1035 section 4.1.1 (NXDOMAIN)
- RFC 8020
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.domain._facts import soa_of
from mailproof.model import DomainFacts, Location, Lookup, Severity
from mailproof.printable import listed


@declare(Severity.ERROR, soa_of, needs="near_names")
def check(facts: DomainFacts, soa: Lookup, report: Reporter) -> None:
    if soa.status != "nxdomain":
        return
    above = next((name for name in facts.near_names if facts.domain.endswith(f".{name}")), "")
    near = [name for name in facts.near_names if not facts.domain.endswith(f".{name}")]
    hint = f" Did you mean {listed(near, 'or')}?" if near else ""
    if above and not near:
        hint = f" {above} exists, but has no such name below it."
    report(
        f"{facts.domain} does not exist (NXDOMAIN).{hint}",
        location=Location(facts.domain, "SOA"),
        evidence=(soa.describe(),),
        fix="Check the spelling and the registration, or publish records at the name.",
    )
