"""SPF: term that receivers ignore

## What it checks
Terms of the form `name=value` that mean nothing: a mechanism written with `=` (such as
`include=esp.example`), `v=spf1` a second time, a token that a service asked for, or an unknown modifier.

## Why it matters
RFC 7208 has receivers skip unknown modifiers without an error: a service written with `=` is not allowed at
all, and nothing reports it.

## How to fix
Write mechanisms with a colon, move a token into a TXT record of its own, and remove what means nothing.

## Example
Before:

    acme.example. TXT "v=spf1 include=esp.example ip4:192.0.2.10 -all"

After:

    acme.example. TXT "v=spf1 include:esp.example ip4:192.0.2.10 -all"

## References
- RFC 7208 section 6
- RFC 7208 section 12
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.spf._facts import at, own_records, shown
from mailproof.checks.spf._fixes import publish
from mailproof.model import DomainFacts, Severity, SpfNode, SpfRecord, SpfTerm
from mailproof.records.spf import MODIFIERS, is_verification_token, read_spf, without

#: Characters of a term that are shown: pasted keys are long.
_SHOWN = 60


@declare(Severity.ERROR, each=own_records)
def check(facts: DomainFacts, node: SpfNode, record: SpfRecord, report: Reporter) -> None:
    problems = {problem.start: problem for problem in record.problems if not problem.fatal}
    reading = read_spf(record.text)
    unknown: list[SpfTerm] = []
    for term in record.terms:
        if term.kind != "modifier" or term.name in MODIFIERS:
            continue
        problem = problems.get(term.start)
        if problem is None and not is_verification_token(term.text):
            unknown.append(term)
            continue
        pasted = problem is not None and problem.code == "repeated-version"
        if problem is None:
            why, summary = f"there is no modifier {term.name}", f"Publish the record without {term.text}"
        elif problem.suggestion:
            why, summary = problem.message, f"Replace {term.text} with {problem.suggestion}"
        elif pasted:
            why, summary = problem.message, "Merge the pasted records into one"
        else:
            why, summary = problem.message, f"Find out what {term.text} was meant to say"
        text: str | None = without(record, [term])
        if problem is not None:
            text = reading.meant if reading and (pasted or problem.suggestion) else None
        report(
            f"{term.text} in the SPF record of {node.domain} has no effect: {why}.",
            location=at(node, term),
            fix=publish(facts, node, summary, text, "repair", () if problem else (term.text,)),
            severity=Severity.WARNING if pasted else None if problem else Severity.INFO,
        )
    if unknown:
        texts = shown(term.text[:_SHOWN].rstrip(";,") for term in unknown)
        verb = "has" if len(unknown) == 1 else "have"
        report(
            f"{texts} in the SPF record of {node.domain} {verb} no effect: "
            f"there is no modifier {shown(dict.fromkeys(term.name for term in unknown))}.",
            location=at(node, unknown[0]),
            fix=publish(facts, node, f"Remove {texts}", without(record, unknown), "improvement"),
            severity=Severity.INFO,
        )
