r"""DMARC: quotes or backslashes in the record

## What it checks
Quotation marks and backslashes inside the published text: a second pair of quotes around the record, or
`\;` for each semicolon.

## Why it matters
They belong in a zone file, not in the record. A panel that adds its own publishes yours as data, and
receivers then find no version or no policy.

## How to fix
Enter the text in the panel without quotation marks and backslashes.

## Example
Before:

    _dmarc.acme.example. TXT "v=DMARC1\\; p=reject\\; rua=mailto:dmarc@acme.example"

After:

    _dmarc.acme.example. TXT "v=DMARC1; p=reject; rua=mailto:dmarc@acme.example"

## References
- RFC 9989 section 4.8
- RFC 1035 section 5.1
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.dmarc._facts import near_misses, own_step, repaired_text, severity_of
from mailproof.model import DmarcStep, Location, Severity
from mailproof.records.plain import unmangled


@declare(Severity.ERROR, own_step)
def check(own: DmarcStep, report: Reporter) -> None:
    damaged = [text for text, _ in near_misses(own, "quotes", "backslash")]
    texts = [each.value for each in own.record.tags if each.name not in ("rua", "ruf")] if own.record else []
    if own.record is not None and any(char in text for text in texts for char in "\\\"'"):
        damaged.append(own.record.text)
    for text in damaged:
        name = own.lookup.name
        at = next((index for index, char in enumerate(text) if char in "\\\"'“”"), 0)
        summary = "Publish the text without quotation marks and backslashes"
        char = unmangled(text[at : at + 3])[:1]
        why = "it was escaped once too often" if char.isascii() else "it was copied from formatted text"
        report(
            f"The record at {name} has {char!r} in its text: {why}.",
            location=Location(name, "TXT", text, at, at + 1),
            fix=repaired_text(own, text, f"{summary}.", f"{summary}, and with the policy you want."),
            severity=severity_of(own, text),
        )
