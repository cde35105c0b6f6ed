"""Several SPF records

## What it checks
Whether more than one TXT record of the domain begins with `v=spf1`.

## Why it matters
Receivers must not choose one: the result is `permerror`, as if every record were broken. It mostly
happens when a second service's record is added beside the first.

## How to fix
Merge the records into one, and remove the others.

## References
- RFC 7208 section 4.5
- RFC 7208 section 3.2
"""

from __future__ import annotations

from collections.abc import Iterator

from mailproof.checks.base import report
from mailproof.checks.spf._facts import shown, spf_of
from mailproof.model import DomainFacts, Finding, Fix, FixRecord, Location, Rule, Severity, SpfRecord, SpfTerm
from mailproof.records.spf import mended, parse_spf

RULE = Rule(
    "SPF002",
    "Several SPF records",
    Severity.ERROR,
    "spf",
    ("RFC 7208 section 4.5", "RFC 7208 section 3.2"),
)
_STRICTNESS = "-~?+"


def check(facts: DomainFacts) -> Iterator[Finding]:
    """Yield a finding where there is more than one record."""
    root = spf_of(facts).root
    if root.status != "multiple":
        return
    one = merged(root.records)
    removed = tuple(FixRecord(root.domain, "TXT", text, "remove") for text in root.records if text != one)
    yield report(
        RULE,
        facts.domain,
        f"{root.domain} has {len(root.records)} SPF records, so that receivers end in permerror: "
        f"{shown((repr(text[:80]) for text in root.records), 4)}.",
        location=Location(root.domain, "TXT", root.records[0]),
        evidence=root.records[:10],
        fix=Fix("Merge them into one record", (FixRecord(root.domain, "TXT", one), *removed)),
    )


def merged(texts: tuple[str, ...]) -> str:
    """One record that allows what they all allow: each term once, the softest qualifier of their ``all``."""
    records: list[SpfRecord] = []
    for text in texts:
        record = parse_spf(text)
        better = None if record.valid else mended(record)
        records.append(parse_spf(better) if better else record)
    terms: dict[str, None] = {}
    ends: list[SpfTerm] = []
    others: dict[str, str] = {}
    redirects: dict[str, None] = {}
    for record in records:
        for term in record.terms:
            if term.kind == "modifier":
                if term.name == "redirect":
                    redirects[f"include:{term.value}"] = None
                else:
                    others.setdefault(term.name, term.text)
            elif term.name == "all":
                ends.append(term)
            else:
                terms[term.text.removeprefix("+")] = None
    if not ends and len(redirects) == 1:
        others["redirect"] = next(iter(redirects)).replace("include:", "redirect=", 1)
    else:
        terms.update(redirects)
    known = [term.qualifier for term in ends if term.qualifier in "-~"]
    qualifier = max(known, key=_STRICTNESS.index) if known else "~"
    end = [] if "redirect" in others else [f"{qualifier}all"]
    return " ".join(("v=spf1", *terms, *end, *others.values()))
