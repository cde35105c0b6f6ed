"""A destination of TLS reports cannot be used

## What it checks
Each destination in rua: a mailto or https address, with commas, semicolons and exclamation marks within
it percent-encoded.

## Why it matters
Senders pass over a destination that they cannot read, and its reports do not come.

## How to fix
Write each as `mailto:user@domain` or `https://host/path`, separated by commas.

## References
- RFC 8460 section 3
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.tls_rpt._facts import at, corrected, record_of
from mailproof.model import DomainFacts, Severity

RULE = declare(__name__, __doc__, Severity.WARNING)


def check(facts: DomainFacts, report: Reporter) -> None:
    found, record = record_of(facts)
    for problem in record.problems:
        if problem.code in ("bad-uri", "unsupported-scheme", "too-many-uris"):
            report(
                f"At {found.lookup.name}: {problem.message}.",
                location=at(found, record.text, problem.start, problem.end),
                fix=corrected(found, record.text),
            )
