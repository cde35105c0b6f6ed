"""SPF: ip4 and ip6 mixed up

## What it checks
The addresses in `ip4` and `ip6` terms. The rule fires on an IPv6 address in `ip4` and an IPv4 address in
`ip6`.

## Why it matters
It is a syntax error: the whole record is a `permerror`.

## How to fix
Use `ip6` for IPv6 and `ip4` for IPv4.

## Example
Before:

    acme.example. TXT "v=spf1 ip4:2001:db8::10 ip6:192.0.2.10 -all"

After:

    acme.example. TXT "v=spf1 ip6:2001:db8::10 ip4:192.0.2.10 -all"

## References
- RFC 7208 section 5.6
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.spf._facts import faults
from mailproof.checks.spf.spf004_syntax_error import permerror
from mailproof.model import DomainFacts, Severity, SpfNode, SpfProblem, SpfRecord


@declare(Severity.ERROR, each=faults, codes="address-family")
def check(
    facts: DomainFacts, node: SpfNode, record: SpfRecord, problem: SpfProblem, report: Reporter
) -> None:
    permerror(facts, node, record, problem, report)
