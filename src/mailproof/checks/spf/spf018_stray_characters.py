"""SPF: characters that are not allowed

## What it checks
The characters of the record. The rule fires on those outside visible ASCII: no-break and zero-width spaces,
tabs, typographic dashes and quotation marks, letters of other scripts.

## Why it matters
They look right in a control panel but are a syntax error to receivers: `permerror`. They come from text
copied out of web pages and documents.

## How to fix
Type the record again, or paste the corrected one. International domain names go in as A-labels (`xn--…`).

## Example
Before:

    acme.example. TXT "v=spf1 ip4:192.0.2.10 –all" ; an en dash, U+2013

After:

    acme.example. TXT "v=spf1 ip4:192.0.2.10 -all"

## References
- RFC 7208 section 3.1
- RFC 7208 section 12
"""

import unicodedata

from mailproof.checks.base import Reporter, declare
from mailproof.checks.spf._facts import at, faulty_records
from mailproof.checks.spf.spf004_syntax_error import fix_for
from mailproof.model import DomainFacts, Severity, SpfNode, SpfRecord
from mailproof.records.plain import unmangled


@declare(Severity.ERROR, each=faulty_records)
def check(facts: DomainFacts, node: SpfNode, record: SpfRecord, report: Reporter) -> None:
    seen: set[str] = set()
    for problem in record.problems:
        written = record.text[problem.start : problem.end]
        char = unmangled(written)[0]
        if problem.code not in ("non-ascii", "control-character") or char in seen:
            continue
        seen.add(char)
        name = unicodedata.name(char, "a control character").lower()
        before = record.text[: problem.start].rpartition(" ")[2]
        after = record.text[problem.end :].partition(" ")[0]
        count = unmangled(record.text).count(char)
        often = f" {count} times, first" if count > len(unmangled(written)) else ""
        garbled = f", garbled to {written!r}," if char not in written else ""
        report(
            f"The SPF record of {node.domain} contains U+{ord(char):04X} ({name}){garbled}{often} "
            f"between {before[-40:]!r} and {after[:40]!r}, which makes it a permerror.",
            location=at(node, problem),
            fix=fix_for(facts, node, record, problem),
        )
