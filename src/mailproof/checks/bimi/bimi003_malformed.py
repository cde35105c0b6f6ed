"""BIMI: syntax error in the record

## What it checks
The syntax of the record: tags as name=value, each once, separated by single semicolons.

## Why it matters
Receivers ignore a record that they can't read, and show no logo.

## How to fix
Write `v=BIMI1; l=<logo>; a=<certificate>`.

## Example
Before:

    default._bimi.acme.example. TXT "v=BIMI1; l=https://acme.example/logo.svg; https://acme.example/vmc.pem"

After:

    default._bimi.acme.example. TXT "v=BIMI1; l=https://acme.example/logo.svg; a=https://acme.example/vmc.pem"

## References
- draft-brand-indicators-for-message-identification section 4.2
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.bimi._facts import Found, records
from mailproof.model import Severity


@declare(Severity.WARNING, each=records)
def check(found: Found, report: Reporter) -> None:
    for problem in found.record.problems:
        if problem.fatal and problem.code not in ("missing-location", "bad-location"):
            unclear = "Write each part as name=value, or remove it."
            report(
                f"Receivers can't use the record at {found.name}: {problem.message}.",
                location=found.at(problem),
                fix=found.repair(report.subject, "Publish the corrected record.", problem, unclear),
            )
