"""A report address cannot be used

## What it checks
The syntax of each destination in `rua` and `ruf`: a URI, as a rule `mailto:` and an address.

## Why it matters
Receivers ignore a destination that they cannot read, so the reports do not come; with a missing policy
it decides whether there is DMARC at all.

## How to fix
Write each as `mailto:user@domain`, separated by commas; `!` and `,` within an address as %21 and %2C.

## References
- RFC 9989 sections 4.6 and 4.8 (dmarc-urilist)
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from mailproof.checks.base import report
from mailproof.checks.dmarc._facts import Applied, applied
from mailproof.model import DomainFacts, Finding, Fix, Rule, Severity
from mailproof.records.dmarc_text import rewritten

RULE = Rule(
    "DMARC018",
    "A report address cannot be used",
    Severity.WARNING,
    "dmarc",
    ("RFC 9989 sections 4.6 and 4.8 (dmarc-urilist)",),
)


def check(facts: DomainFacts) -> Iterator[Finding]:
    """Yield a finding for each destination that cannot be used."""
    found = applied(facts)
    for problem in found.problems("bad-uri", "unsupported-scheme", "too-many-uris"):
        tag = "rua" if any(uri.start == problem.start for uri in found.record.rua) else "ruf"
        yield report(
            RULE,
            facts.domain,
            f"At {found.name}: {problem.message}.",
            location=found.at(problem.start, problem.end),
            evidence=(found.record.text,),
            fix=_fix(found, tag),
        )


def _fix(found: Applied, tag: str) -> Fix:
    uris = found.record.rua if tag == "rua" else found.record.ruf
    kept = []
    for uri in uris:
        if not uri.problem:
            kept.append(uri.text)
        elif re.fullmatch(r"[^@\s:/]+@[^@\s:/]+", uri.text):
            kept.append(f"mailto:{uri.text}")
    if not kept:
        return found.publish(f"Leave {tag}= out, or name an address.", rewritten(found.record, drop=(tag,)))
    return found.publish(
        f"Publish {tag}= with addresses that can be read.",
        rewritten(found.record, put=((tag, ",".join(kept)),)),
    )
