"""SPF: record doesn't begin with v=spf1

## What it checks
The TXT records of the domain that were plainly meant as SPF but don't begin with exactly `v=spf1` and a
space: a leading space, pasted quotation marks, the name of the domain or a token in front, a misspelt version
(`v=sfp1`, `spf1`, `v=spf2`), a missing space.

## Why it matters
Receivers don't recognize the record as SPF and report no error: the result is `none`.

## How to fix
Publish the text from `v=spf1` on. A token in front of it belongs in a TXT record of its own.

## Example
Before:

    acme.example. TXT "spf1 include:esp.example -all"

After:

    acme.example. TXT "v=spf1 include:esp.example -all"

## References
- RFC 7208 section 4.5
"""

from mailproof.checks.base import Reporter, declare, improvement
from mailproof.checks.spf._facts import spf_of
from mailproof.checks.spf._fixes import as_read
from mailproof.model import DomainFacts, Fix, FixRecord, Location, Severity, SpfFacts
from mailproof.records.spf import SpfReading, parse_spf, read_spf
from mailproof.structs import replace

_MOST = 200


@declare(Severity.ERROR, spf_of)
def check(facts: DomainFacts, spf: SpfFacts, report: Reporter) -> None:
    alone = spf.root.status == "none"
    seams = [*spf.other_seams[:_MOST], *[()] * _MOST]
    texts = list(zip(spf.other_txt[:_MOST], seams, strict=False))
    misses = [(text, reading) for text, at in texts if (reading := read_spf(text, facts.domain, at))]
    for text, reading in misses:
        fault = reading.faults[0]
        report(
            f"Receivers don't recognize {text[:80]!r} at {facts.domain} as an SPF record: {fault.message}.",
            location=Location(facts.domain, "TXT", text, fault.start, fault.end),
            fix=_fix(facts, text, reading, alone=alone, several=len(misses) > 1),
            severity=None if alone else Severity.WARNING,
        )


def _fix(facts: DomainFacts, text: str, reading: SpfReading, *, alone: bool, several: bool) -> Fix:
    lookup = facts.spf.root.lookup if facts.spf else None
    if lookup is not None and lookup.chain:
        return Fix(f"Correct the record at {lookup.chain[-1]}: {facts.domain} is an alias of that name")
    if reading.meant is None:
        return Fix(
            "Find out what it was meant to say and for which name, and publish it there as the SPF record"
        )
    if alone and several:
        return Fix(f"Merge it with the others into one record; corrected, this one is: {reading.meant}")
    removed = FixRecord(facts.domain, "TXT", text, "remove")
    if not alone and not _named(facts, reading.meant):
        return Fix("Add what it names to the domain's valid SPF record if it sends, and remove this one")
    if alone:
        fix = as_read("Publish the corrected record", facts.domain, reading)
        return replace(fix, records=(*fix.records, removed))
    tokens = tuple(FixRecord(facts.domain, "TXT", token) for token in reading.apart)
    summary = "Make sure that the domain's valid SPF record names all senders, and remove this one"
    return improvement(summary, *tokens, removed)


def _named(facts: DomainFacts, text: str) -> bool:
    """Whether the domain's valid record has all terms of another one."""
    root = spf_of(facts).root.record
    there = {term.text.lower() for term in root.terms} if root is not None else set()
    return all(term.name == "all" or term.text.lower() in there for term in parse_spf(text).terms)
