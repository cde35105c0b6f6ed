"""BIMI: tags without effect

## What it checks
Tags that BIMI doesn't define, an avp= other than brand or personal, and a version that is not written
exactly v=BIMI1.

## Why it matters
Receivers ignore such tags, so they don't do what you want. Some don't accept the version in lower case.

## How to fix
Correct or remove them.

## Example
Before:

    default._bimi.acme.example. TXT "v=BIMI1; l=https://acme.example/logo.svg; a=; avp=company"

After:

    default._bimi.acme.example. TXT "v=BIMI1; l=https://acme.example/logo.svg; a=; avp=brand"

## References
- draft-brand-indicators-for-message-identification section 4.2
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.bimi._facts import Found, records
from mailproof.model import Severity


@declare(Severity.INFO, each=records)
def check(found: Found, report: Reporter) -> None:
    for problem in found.problems("unknown-tag", "invalid-preference", "version-case"):
        otherwise = "Correct the tag, or remove it."
        report(
            f"Part of the record at {found.name} may have no effect: {problem.message}.",
            location=found.at(problem),
            fix=found.repair(report.subject, "Publish the corrected record.", problem, otherwise),
        )
