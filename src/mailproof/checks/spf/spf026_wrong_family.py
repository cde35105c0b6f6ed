"""ip4 and ip6 are mixed up

## What it checks
Whether `ip4` holds an IPv6 address, or `ip6` an IPv4 address.

## Why it matters
It is a syntax error: the whole record is a `permerror`.

## How to fix
Write `ip6` for IPv6 and `ip4` for IPv4.

## References
- RFC 7208 section 5.6
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.spf._facts import at, own_records
from mailproof.checks.spf.spf004_syntax_error import fix_for
from mailproof.model import DomainFacts, Severity

RULE = declare(__name__, __doc__, Severity.ERROR)


def check(facts: DomainFacts, report: Reporter) -> None:
    for node, record in own_records(facts, report):
        for problem in record.problems:
            if problem.code == "address-family":
                snippet = record.text[problem.start : problem.end]
                report(
                    f"{snippet[:80]!r} in the SPF record of {node.domain} makes it a permerror: "
                    f"{problem.message}.",
                    location=at(node, problem),
                    fix=fix_for(facts, node, record, problem),
                )
