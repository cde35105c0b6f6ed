"""DMARC: invalid report address

## What it checks
The syntax of each destination in `rua` and `ruf`: a URI, normally `mailto:` and an address.

## Why it matters
Receivers skip a destination that they can't read, so the reports don't arrive. Where the policy is missing
or invalid, a valid `rua` also decides whether DMARC applies at all.

## How to fix
Write each destination as `mailto:user@domain`, separated by commas. Within an address, write `!` as %21 and
`,` as %2C.

## Example
Before:

    _dmarc.acme.example. TXT "v=DMARC1; p=reject; rua=dmarc@acme.example"

After:

    _dmarc.acme.example. TXT "v=DMARC1; p=reject; rua=mailto:dmarc@acme.example"

## References
- RFC 9989 sections 4.6 and 4.8 (dmarc-urilist)
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.dmarc._facts import Applied, faults, names_address
from mailproof.model import Severity, TagProblem


@declare(
    Severity.WARNING,
    each=faults,
    codes="bad-uri unsupported-scheme too-many-uris",
    because_of="DMARC004 DMARC005",
    consequence="reports",
)
def check(found: Applied, problem: TagProblem, report: Reporter) -> None:
    summary = "Publish the record with each address written as mailto:user@domain."
    otherwise = "Write each destination as mailto:user@domain, separated by commas."
    report(
        f"At {found.name}, {problem.message}.",
        location=found.at(problem),
        fix=found.repair(summary, problem, otherwise),
        because_of=found.cause(report, problem, names_address),
    )
