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
from mailproof.model import DmarcUri, DomainFacts, Finding, Rule, Severity
from mailproof.records.dmarc_text import rewritten

RULE = Rule(
    "DMARC018",
    "A report address cannot be used",
    Severity.WARNING,
    "dmarc",
    ("RFC 9989 sections 4.6 and 4.8 (dmarc-urilist)",),
)


def check(facts: DomainFacts) -> Iterator[Finding]:
    """Yield a finding for each destination that cannot be used; one record mends all of them."""
    found = applied(facts)
    for problem in found.problems("bad-uri", "unsupported-scheme", "too-many-uris"):
        yield report(
            RULE,
            facts.domain,
            f"At {found.name}: {problem.message}.",
            location=found.at(problem.start, problem.end),
            fix=found.publish("Name addresses that can be read.", _mended(found)),
        )


def _mended(found: Applied) -> str:
    lists = {"rua": found.record.rua, "ruf": found.record.ruf}
    kept = {name: ",".join(filter(None, map(_usable, uris))) for name, uris in lists.items() if uris}
    put = tuple((name, text) for name, text in kept.items() if text)
    return rewritten(found.record, put=put, drop=[name for name, text in kept.items() if not text])


def _usable(uri: DmarcUri) -> str:
    """The destination as it must have been meant; "" where that cannot be told."""
    if not uri.problem:
        return uri.text if uri.scheme in ("mailto", "https", "http") else ""
    return f"mailto:{uri.text}" if re.fullmatch(r"[^@\s:/]+@[^@\s:/]+", uri.text) else ""
