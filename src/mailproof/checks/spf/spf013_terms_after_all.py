"""SPF: terms after all

## What it checks
The mechanisms that come after `all` in the record.

## Why it matters
`all` matches every host, so nothing after it is ever tried: mail from a service listed there fails.

## How to fix
Move `all` to the end.

## Example
Before:

    acme.example. TXT "v=spf1 ip4:192.0.2.10 -all include:esp.example"

After:

    acme.example. TXT "v=spf1 ip4:192.0.2.10 include:esp.example -all"

## References
- RFC 7208 section 5.1
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.spf._facts import at, own_records, shown, widest
from mailproof.checks.spf._fixes import publish
from mailproof.model import DomainFacts, FixKind, Severity, SpfNode, SpfRecord
from mailproof.records.spf import all_last, read_spf


@declare(Severity.WARNING, each=own_records)
def check(facts: DomainFacts, node: SpfNode, record: SpfRecord, report: Reporter) -> None:
    end = record.all_term
    late = [t for t in record.terms if end and t.kind == "mechanism" and t.start > end.start]
    if end is None or not late:
        return
    reached = {term.text.lower().removeprefix("+") for term in record.reached}
    new = [term for term in late if term.text.lower().removeprefix("+") not in reached]
    lost = [term for term in new if term.name != "all" and term.qualifier == "+" and end.qualifier in "-~"]
    severity = Severity.ERROR if lost else Severity.INFO if all(t.name == "all" for t in new) else None
    names = shown(term.text for term in late)
    reading = read_spf(record.text)  # an ambiguous comment may be why there are terms after all
    text = all_last(record)
    clear = reading is not None and reading.meant is not None
    summary = "Move all to the end" if text else "Decide which all to keep, and move it to the end"
    if text and all(term.name == "all" for term in new):
        summary = f"Remove what comes after {end.text}"
    wide = [term.text for term in lost if widest(term)[0] is not None]
    kind: FixKind = "repair" if text and not wide else "decision"
    if text and wide:  # these have never been in effect
        summary = f"Move all to the end if all hosts of {shown(wide)} send your mail; else remove that"
    report(
        f"In the SPF record of {node.domain}, {names} after {end.text} "
        f"{'is' if len(late) == 1 else 'are'} never reached{': mail from there fails' if lost else ''}.",
        location=at(node, late[0]),
        fix=publish(facts, node, summary, text if clear else None, kind),
        severity=severity,
    )
