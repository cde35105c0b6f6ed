"""No Authentication-Results of the receiver

## What it checks
The border that took the message in left its results in an `Authentication-Results` header.

## Why it matters
Without it there is nothing to compare our results with, and it cannot be seen how the receiver judged.

## How to fix
Give the receiver's authserv-id with `--trust` where it bears another name than its host.

## References
- RFC 8601 section 2.3
"""

from mailproof.checks.base import Reporter, Undetermined, declare
from mailproof.checks.message._facts import require_travelled
from mailproof.model import Fix, MessageFacts, Severity

RULE = declare(__name__, __doc__, Severity.INFO, consequence="tidy")


def check(facts: MessageFacts, report: Reporter) -> None:
    require_travelled(facts)
    results = facts.authentication_results
    if any(result.trusted for result in results):
        return
    border = facts.trust or "the receiver"
    if any(not each.forged and each.authserv_id.lower() == border.lower() for each in results):
        raise Undetermined(
            f"it cannot be told whether {border} wrote the results in its name, by where they stand"
        )
    others = ", ".join(dict.fromkeys(r.authserv_id or "(no name)" for r in results[:10] if not r.forged))
    seen = f"; others are there: {others}" if others else ""
    message = f"There is no Authentication-Results header that {border} wrote{seen}."
    report(message, fix=Fix("name the receiver with --trust AUTHSERV-ID"))
