"""SPF: +all lets every host send

## What it checks
The `all` that decides for hosts not listed, at the end of the domain's record or of the one it redirects to.
The rule fires on `+all`, and on `all` without a qualifier, which means the same.

## Why it matters
Every host in the world may send for the domain: forged mail passes SPF and, with it, DMARC. Receivers count
such a record against the domain.

## How to fix
End the record in `~all`, and in `-all` once all senders are listed.

## Example
Before:

    acme.example. TXT "v=spf1 ip4:192.0.2.10 all"

After:

    acme.example. TXT "v=spf1 ip4:192.0.2.10 ~all"

## References
- RFC 7208 section 5.1
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.spf._facts import at, ending_in
from mailproof.checks.spf._fixes import publish
from mailproof.model import DomainFacts, Severity, SpfNode, SpfRecord, SpfTerm
from mailproof.records.spf import rewritten


@declare(Severity.ERROR, each=ending_in("+"), consequence="forged")
def check(facts: DomainFacts, node: SpfNode, record: SpfRecord, term: SpfTerm, report: Reporter) -> None:
    bare = " (without a qualifier it means +all)" if term.text.lower() == "all" else ""
    report(
        f"The SPF record of {node.domain} ends in {term.text}{bare}, which lets every host in the world send "
        "for the domain.",
        location=at(node, term),
        fix=publish(facts, node, "End the record in ~all", rewritten(record, ((term, "~all"),)), "decision"),
    )
