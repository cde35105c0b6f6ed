"""SPF: redirect= to a domain without an SPF record

## What it checks
The domain that `redirect=` names, in the record and in the records it includes. The rule fires where that
domain has no SPF record.

## Why it matters
`redirect=` hands the rest of the policy to the other domain. Without a record there, every host that no
earlier term matches gets `permerror`. Where the domain does not exist, whoever registers it decides who may
send for yours.

## How to fix
Correct the name, publish the record there, or end this record in `all` instead.

## Example
Before:

    acme.example. TXT "v=spf1 ip4:192.0.2.10 redirect=_spf.gone.example" ; which does not exist

After:

    acme.example. TXT "v=spf1 ip4:192.0.2.10 redirect=esp.example"

## References
- RFC 7208 section 6.1
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.spf._facts import Links, at, links
from mailproof.checks.spf._fixes import publish
from mailproof.checks.spf.spf010_include_without_record import leading_nowhere, right_name, risk_of
from mailproof.model import DomainFacts, Severity


@declare(Severity.ERROR, links, needs="mx")
def check(facts: DomainFacts, found: Links, report: Reporter) -> None:
    for node, record, cost, child in leading_nowhere("redirect", found):
        summary = f"Correct the name, publish an SPF record at {child.domain}, or end this one in all"
        fix = right_name(facts, node, record, [cost.term]) or publish(facts, node, summary, None, "decision")
        report(
            f"{cost.term.text} in the SPF record of {node.domain} causes permerror: {child.reason}."
            f"{risk_of(facts, child)}",
            location=at(node, cost.term),
            evidence=(child.lookup.describe(),) if child.lookup else (),
            fix=fix,
        )
