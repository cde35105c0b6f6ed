"""SPF record cannot be evaluated

## What it checks
SPF of the return path's domain did not end in `permerror`: a syntax error, several records, or more than
ten DNS look-ups (or two void ones).

## Why it matters
A receiver treats such a record as if it proved nothing, whatever it lists: DMARC cannot pass over SPF.

## How to fix
Mend the record as the reason says; `mailproof audit` of the domain shows the tree with its counts.

## References
- RFC 7208 section 4.6.4
- RFC 7208 section 2.6.7
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.message._facts import record_at, spf_of
from mailproof.model import Fix, Location, MessageFacts, Severity

RULE = declare(
    __name__,
    __doc__,
    Severity.ERROR,
    because_of=(
        "SPF002",
        "SPF003",
        "SPF004",
        "SPF005",
        "SPF010",
        "SPF011",
        "SPF012",
        "SPF018",
        "SPF022",
        "SPF026",
        "SPF027",
        "SPF030",
    ),
)


def check(facts: MessageFacts, report: Reporter) -> None:
    spf = spf_of(facts)
    if spf.result != "permerror":
        return
    record = record_at(facts, spf.domain, "v=spf1")
    evidence = (f"{spf.lookups} look-ups, {spf.void_lookups} void", *(f"void: {name}" for name in spf.voids))
    report(
        f"SPF of {spf.domain} ends in permerror: {spf.reason}.",
        location=Location(name=spf.domain, rrtype="TXT", record=record),
        evidence=evidence,
        fix=Fix(
            f"mend the SPF record of {spf.domain}; mailproof audit {spf.domain} shows its tree and counts"
        ),
    )
