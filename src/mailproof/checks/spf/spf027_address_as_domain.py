"""SPF: IP address in place of a host name

## What it checks
The domain names in `a`, `mx`, `include` and other terms that take one. The rule fires on an IPv4 address, as
in `a:192.0.2.10`.

## Why it matters
It is a syntax error: the whole record is a `permerror`.

## How to fix
Use `ip4:` for an address.

## Example
Before:

    acme.example. TXT "v=spf1 a:192.0.2.10 -all"

After:

    acme.example. TXT "v=spf1 ip4:192.0.2.10 -all"

## References
- RFC 7208 section 7.1
- RFC 7208 section 5.6
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.spf._facts import faults
from mailproof.checks.spf.spf004_syntax_error import permerror
from mailproof.model import DomainFacts, Severity, SpfNode, SpfProblem, SpfRecord


@declare(Severity.ERROR, each=faults, codes="address-as-domain")
def check(
    facts: DomainFacts, node: SpfNode, record: SpfRecord, problem: SpfProblem, report: Reporter
) -> None:
    permerror(facts, node, record, problem, report)
