r"""Quotes or backslashes were pasted into the record

## What it checks
Quotes and backslashes inside the published text, such as `"v=DMARC1..."` within the quotes or `\;` for
each semicolon.

## Why it matters
They belong to the writing of a zone file and not to the record. A panel that adds its own publishes them
as data, and receivers then find no version or no policy.

## How to fix
Enter the text in the panel without quotes and without backslashes.

## References
- RFC 9989 section 4.8
- RFC 1035 section 5.1
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.dmarc._facts import near_misses, own_step, repaired_text, severity_of
from mailproof.model import DomainFacts, Location, Severity

RULE = declare(__name__, __doc__, Severity.ERROR)


def check(facts: DomainFacts, report: Reporter) -> None:
    own = own_step(facts)
    damaged = [text for text, _ in near_misses(own, "quotes", "backslash")]
    if own.record is not None and any(
        char in tag.value for tag in own.record.tags if tag.name not in ("rua", "ruf") for char in "\\\"'"
    ):
        damaged.append(own.record.text)
    for text in damaged:
        name = own.lookup.name
        at = next((index for index, char in enumerate(text) if char in "\\\"'“”"), 0)
        report(
            f"The record at {name} holds {text[at : at + 1]!r} as data: it was escaped once too often.",
            location=Location(name, "TXT", text, at, at + 1),
            fix=repaired_text(
                own,
                text,
                "Publish the text without quotation marks and backslashes.",
                "Publish the text without quotation marks and backslashes, with the policy that is meant.",
            ),
            severity=severity_of(own, text),
        )
