"""A term that receivers ignore

## What it checks
Whether the record holds terms of the form `name=value` that mean nothing: a mechanism written with `=`
(like `include=esp.example`), `v=spf1` a second time, a token that a service asked for, or an unknown
modifier.

## Why it matters
RFC 7208 has receivers skip unknown modifiers without an error, so that a service written with `=` is
not allowed at all, and nobody is told.

## How to fix
Write mechanisms with a colon; put a token into a TXT record of its own; remove what means nothing.

## References
- RFC 7208 section 6
- RFC 7208 section 12
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.spf._facts import at, own_records
from mailproof.checks.spf._fixes import publish
from mailproof.model import DomainFacts, Severity
from mailproof.records.spf import MODIFIERS, is_proof, read_spf, without

RULE = declare(__name__, __doc__, Severity.ERROR)


def check(facts: DomainFacts, report: Reporter) -> None:
    """A finding for each term without a meaning: an error where it was to allow a sender."""
    for node, record in own_records(facts, report):
        ignored = [term for term in record.terms if term.kind == "modifier" and term.name not in MODIFIERS]
        problems = {problem.start: problem for problem in record.problems if not problem.fatal}
        reading = read_spf(record.text)
        for term in ignored:
            problem = problems.get(term.start)
            why = problem.message if problem else f"there is no modifier {term.name}"
            apart = (term.text,) if is_proof(term.text) else ()
            text: str | None = without(record, [term])
            if problem is not None:
                text = reading.meant if reading else None
            if problem is not None and problem.suggestion:
                summary = f"Write {problem.suggestion} in place of {term.text}"
            elif problem is not None and text is not None:
                summary = "Merge what was pasted into one"
            elif problem is not None:
                summary = f"Find out what {term.text} was to say"
            else:
                summary = f"Take {term.text} out of it" if apart else f"Remove {term.text}"
            report(
                f"{term.text} in the SPF record of {node.domain} has no effect: {why}.",
                location=at(node, term),
                fix=publish(
                    facts, node, summary, text, "repair" if problem or apart else "improvement", apart
                ),
                severity=None if problem else Severity.INFO,
            )
