"""Forged Authentication-Results

## What it checks
No `Authentication-Results` with the border's own name stands where the border cannot have written it, and
says again what the border's own results say elsewhere. Where it cannot be told who wrote a header it counts
for nothing, and is not called forged.

## Why it matters
Such a header was there before the message arrived. Software that believes it (OpenDMARC does, by its name
alone) reports a pass for mail that passed nothing.

## How to fix
Let the border remove incoming headers that bear its own authserv-id before its filters run.

## References
- RFC 8601 section 5
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.message._facts import in_header
from mailproof.model import Fix, MessageFacts, Severity

RULE = declare(__name__, __doc__, Severity.WARNING, consequence="forged")


def check(facts: MessageFacts, report: Reporter) -> None:
    passed = next((i for i, hop in enumerate(facts.received) if hop.handover), len(facts.received))
    earlier = {hop.by.lower() for hop in facts.received[passed + 1 :]}
    for result in facts.authentication_results:
        if not result.forged:
            continue
        said = ", ".join(f"{m.method}={m.result}" for m in result.methods[:6]) or "nothing"
        before = result.authserv_id.lower() in earlier
        origin = (
            "it is forged, or of an earlier pass through that host" if before else "it came with the message"
        )
        report(
            f"An Authentication-Results header in the name of {result.authserv_id} ({said}) stands below the "
            f"border: {origin}, and proves nothing.",
            location=in_header("Authentication-Results", result.raw, result.authserv_id),
            fix=Fix(f"let {facts.trust} remove such headers from incoming mail before its filters run"),
            severity=Severity.INFO if before else None,
        )
