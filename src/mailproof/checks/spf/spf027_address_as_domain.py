"""An address where a name must be

## What it checks
Whether `a`, `mx`, `include` or another term that takes a domain name holds an IPv4 address, like
`a:192.0.2.1`.

## Why it matters
It is a syntax error: the whole record is a `permerror`.

## How to fix
Write `ip4:192.0.2.1`.

## References
- RFC 7208 section 7.1
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
            if problem.code == "address-as-domain":
                snippet = record.text[problem.start : problem.end]
                report(
                    f"{snippet[:80]!r} in the SPF record of {node.domain} makes it a permerror: "
                    f"{problem.message}.",
                    location=at(node, problem),
                    fix=fix_for(facts, node, record, problem),
                )
