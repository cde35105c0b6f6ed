"""SPF: included record is broken

## What it checks
The records that the domain includes or redirects to. The rule fires where there are several SPF records at
one name, or one with a syntax error. (Syntax errors in records of your own are SPF004's.)

## Why it matters
A `permerror` in an included record is a `permerror` for your whole record, whoever published it.

## How to fix
Report it to the owner of the included domain. Until it is corrected, remove the `include`.

## Example
Before:

    acme.example. TXT "v=spf1 include:esp.example -all"
    esp.example.  TXT "v=spf1 ip4:203.0.113.0/33 -all"

After:

    acme.example. TXT "v=spf1 include:esp.example -all"
    esp.example.  TXT "v=spf1 ip4:203.0.113.0/24 -all"

## References
- RFC 7208 section 5.2
- RFC 7208 section 6.1
"""

from mailproof.checks.base import Reporter, decision, declare
from mailproof.checks.spf._facts import at, is_own, links
from mailproof.checks.spf.spf002_several_records import one_record
from mailproof.model import DomainFacts, Severity, SpfNode, SpfTermCost
from mailproof.names import is_within


@declare(Severity.ERROR, each=links)
def check(facts: DomainFacts, node: SpfNode, cost: SpfTermCost, child: SpfNode, report: Reporter) -> None:
    if child.status != "multiple" and (child.status != "syntax" or is_own(facts, child)):
        return  # SPF004 covers syntax errors in the owner's records
    fault = child.record.fault if child.record else None
    where = f" at {child.record.text[fault.start : fault.end][:60]!r}" if child.record and fault else ""
    correct = f"Ask the owner of {child.domain} to correct it"
    if is_within(facts.domain, child.domain):
        correct = f"Correct the record of {child.domain}"
    summary = f"{correct}; until then, remove {cost.term.text}"
    report(
        f"{cost.term.text} in the SPF record of {node.domain} causes permerror: the record of "
        f"{child.domain} is broken{where} ({child.reason}).",
        location=at(node, cost.term),
        evidence=child.records[:5],
        fix=one_record(child) if is_own(facts, child) else decision(summary),
    )
