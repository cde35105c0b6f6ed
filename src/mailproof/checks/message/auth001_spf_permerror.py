"""SPF: permerror, the record can't be evaluated

## What it checks
The SPF result of the return path's domain. The rule fires on `permerror`: a syntax error, several records,
more than 10 DNS lookups, or more than two void ones.

## Why it matters
Receivers treat such a record as if there were none, whatever it lists. DMARC can't pass by SPF.

## How to fix
Correct the record as the finding says. `mailproof audit` of the domain shows its tree with the lookup
counts.

## Example
Before (11 lookups):

    acme.example. TXT "v=spf1 a:h0.acme.example … a:h10.acme.example -all"

After:

    acme.example. TXT "v=spf1 ip4:192.0.2.10 -all"

## References
- RFC 7208 section 4.6.4
- RFC 7208 section 2.6.7
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.message._facts import record_at, spf_of
from mailproof.model import Location, MessageFacts, Severity, SpfVerdict
from mailproof.names import audit_command
from mailproof.printable import counted


@declare(
    Severity.ERROR,
    spf_of,
    because_of="SPF002 SPF003 SPF004 SPF005 SPF010 SPF011 SPF012 SPF018 SPF022 SPF026 SPF027 SPF030",
)
def check(facts: MessageFacts, spf: SpfVerdict, report: Reporter) -> None:
    if spf.result != "permerror":
        return
    record = record_at(facts, spf.domain, "v=spf1")
    evidence = (
        f"{counted(spf.lookups, 'lookup')}, {spf.void_lookups} void",
        *(f"void: {name}" for name in spf.voids),
    )
    report(
        f"SPF of {spf.domain} ends in permerror: {spf.reason}.",
        location=Location(name=spf.domain, rrtype="TXT", record=record),
        evidence=evidence,
        fix=f"Correct the SPF record of {spf.domain}; {audit_command(spf.domain)} shows its tree and counts",
    )
