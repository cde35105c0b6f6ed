"""DMARC: record doesn't begin with v=DMARC1

## What it checks
TXT records at `_dmarc.<domain>` that were meant as DMARC records but are none: `v=dmarc1` in another case;
a misspelt, missing or other version; `v` not first; a space or the record's own name before it; invisible
characters.

## Why it matters
`DMARC1` is case-sensitive and must come first. A record without it is not a DMARC record: receivers act as
if there were none.

## How to fix
Publish the record with `v=DMARC1;` as its first characters.

## Example
Before:

    _dmarc.acme.example. TXT "v=dmarc1; p=reject; rua=mailto:dmarc@acme.example"

After:

    _dmarc.acme.example. TXT "v=DMARC1; p=reject; rua=mailto:dmarc@acme.example"

## References
- RFC 9989 sections 4.7 (v) and 4.8
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.dmarc._facts import near_misses, own_step, repaired_text
from mailproof.model import DmarcStep, Location, Severity
from mailproof.records.tag_repair import NEAR_MISS_WORDS, NearMiss

_KINDS: tuple[NearMiss, ...] = (
    *("case", "version", "another", "no-version", "order", "spaces"),
    *("leading-space", "pasted-name", "invisible", "behind", "encoded"),
)


@declare(Severity.ERROR, own_step)
def check(own: DmarcStep, report: Reporter) -> None:
    for text, kind in near_misses(own, *_KINDS):
        name = own.lookup.name
        report(
            f"Receivers ignore the record at {name}: {NEAR_MISS_WORDS[kind]}. It must begin with v=DMARC1.",
            location=Location(name, "TXT", text, 0, min(len(text), text.find(";") if ";" in text else 20)),
            fix=repaired_text(
                own,
                text,
                "Publish the record with v=DMARC1; at its start.",
                "Publish a record that begins with v=DMARC1; and then has the policy you want, such as "
                "p=none.",
            ),
            severity=Severity.INFO if own.record is not None else None,
        )
