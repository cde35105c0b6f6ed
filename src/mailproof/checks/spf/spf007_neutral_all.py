"""SPF: ?all says nothing about other hosts

## What it checks
The `all` that decides for hosts not listed, at the end of the domain's record or of the one it redirects to.
The rule fires on `?all`.

## Why it matters
Mail from hosts not listed gets `neutral`, which receivers must treat like no SPF record at all.

## How to fix
End the record in `~all`, and in `-all` once all senders are listed.

## Example
Before:

    acme.example. TXT "v=spf1 ip4:192.0.2.10 ?all"

After:

    acme.example. TXT "v=spf1 ip4:192.0.2.10 ~all"

## References
- RFC 7208 section 8.2
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.spf._facts import at, ending_in
from mailproof.checks.spf._fixes import publish
from mailproof.model import DomainFacts, Severity, SpfNode, SpfRecord, SpfTerm
from mailproof.records.spf import rewritten


@declare(Severity.WARNING, each=ending_in("?"), consequence="forged", profiles="in use")
def check(facts: DomainFacts, node: SpfNode, record: SpfRecord, term: SpfTerm, report: Reporter) -> None:
    report(
        f"The SPF record of {node.domain} ends in ?all, which protects it no better than having no record.",
        location=at(node, term),
        fix=publish(facts, node, "End the record in ~all", rewritten(record, ((term, "~all"),)), "decision"),
    )
