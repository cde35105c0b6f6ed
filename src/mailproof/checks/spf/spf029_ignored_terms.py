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
from mailproof.checks.spf._facts import Records, at, own_records
from mailproof.checks.spf._fixes import publish
from mailproof.model import DomainFacts, Severity
from mailproof.records.spf import MODIFIERS, is_proof, read_spf, without


@declare(Severity.ERROR, own_records)
def check(facts: DomainFacts, every: Records, report: Reporter) -> None:
    for node, record in every:
        ignored = [term for term in record.terms if term.kind == "modifier" and term.name not in MODIFIERS]
        problems = {problem.start: problem for problem in record.problems if not problem.fatal}
        reading = read_spf(record.text)
        for term in ignored:
            problem = problems.get(term.start)
            why = problem.message if problem else f"there is no modifier {term.name}"
            apart = (term.text,) if is_proof(term.text) else ()
            text: str | None = without(record, [term])
            pasted = problem is not None and problem.code == "repeated-version"
            if problem is not None:
                text = reading.meant if reading and (pasted or problem.suggestion) else None
            if problem is not None and problem.suggestion:
                summary = f"Replace {term.text} with {problem.suggestion}"
            elif pasted:
                summary = "Merge the pasted records into one"
            elif problem is not None:
                summary = f"Find out what {term.text} was meant to say"
            else:
                summary = f"Publish the record without {term.text}" if apart else f"Remove {term.text}"
            report(
                f"{term.text} in the SPF record of {node.domain} has no effect: {why}.",
                location=at(node, term),
                fix=publish(
                    facts, node, summary, text, "repair" if problem or apart else "improvement", apart
                ),
                severity=None if problem else Severity.INFO,
            )
