"""SPF: softfail for other hosts (~all)

## What it checks
The `all` that decides for hosts not listed, at the end of the domain's record or of the one it redirects to.
The rule points out `~all`.

## Why it matters
For DMARC, `~all` and `-all` are the same: neither passes. `~all` is the careful choice while DMARC enforces
the policy, since some receivers reject mail on `-all` before they look at DKIM. Without DMARC, `~all` lets
forged mail through, marked. This is information, not a fault.

## How to fix
Leave it if your DMARC policy is quarantine or reject; otherwise change it to `-all` once all senders are
listed.

## Example
Before:

    acme.example. TXT "v=spf1 ip4:192.0.2.10 ~all"

After:

    acme.example. TXT "v=spf1 ip4:192.0.2.10 -all"

## References
- RFC 7208 section 8.5
- RFC 7208 section 5.1
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.spf._facts import at, ending_in, spf_of
from mailproof.checks.spf._fixes import publish
from mailproof.model import DomainFacts, Severity, SpfNode, SpfRecord, SpfTerm
from mailproof.records.spf import rewritten
from mailproof.records.spf.allowed import reach_of


@declare(Severity.INFO, each=ending_in("~"), profiles="sending")
def check(facts: DomainFacts, node: SpfNode, record: SpfRecord, term: SpfTerm, report: Reporter) -> None:
    if reach_of(spf_of(facts).root) == "none":
        return  # if no host may send, that is the problem instead
    text = rewritten(record, ((term, "-all"),))
    summary = (
        "Keep it if DMARC is enforced; to have mail from other hosts rejected on SPF alone, end it in -all"
    )
    report(
        f"The SPF record of {node.domain} ends in ~all: mail from other hosts is marked, not rejected.",
        location=at(node, term),
        fix=publish(facts, node, summary, text, "decision"),
    )
