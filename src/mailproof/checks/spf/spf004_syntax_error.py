"""SPF: syntax error

## What it checks
The terms of the record against the grammar of RFC 7208 section 12, and the names in them, which must be
possible in the DNS (`include:a.exampleinclude:b.example` is not). One finding for each error, with the
characters at fault.

Where only one meaning is possible, the finding names it: a missing space (also where two strings of the TXT
record meet), commas and semicolons, misspelt terms, comments, two records in one. A record that was cut off
after 255 octets, or ends in "...", is reported as that.

## Why it matters
One error anywhere makes the whole record a `permerror`, even where an earlier term would have matched.
Receivers treat the mail as if there were no SPF, or reject it.

## How to fix
Correct the term. Where it is clear what was meant, the report has the corrected record.

## Example
Before:

    acme.example. TXT "v=spf1 ipv4:192.0.2.10 incude:esp.example -all"

After:

    acme.example. TXT "v=spf1 ip4:192.0.2.10 include:esp.example -all"

## References
- RFC 7208 section 4.6
- RFC 7208 section 12
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.spf._facts import at, faulty_records
from mailproof.checks.spf._fixes import CUT, publish
from mailproof.model import DomainFacts, Fix, Severity, SpfNode, SpfProblem, SpfRecord
from mailproof.records.spf import MODIFIERS, read_spf, rest_of, rewritten

#: Errors that other rules report.
ELSEWHERE = frozenset({"non-ascii", "control-character", "address-family", "address-as-domain"})
#: Errors in names that the grammar allows but the DNS cannot have.
_IN_NAMES = frozenset({"glued", "macro", "mailbox", "separator", "unknown-mechanism"})


@declare(Severity.ERROR, each=faulty_records)
def check(facts: DomainFacts, node: SpfNode, record: SpfRecord, report: Reporter) -> None:
    said: set[str] = set()
    ignored = {t.start for t in record.terms if t.kind == "modifier" and t.name not in MODIFIERS}
    for problem in record.problems:
        if problem.code == "cut" and rest_of(record, facts.spf.other_txt if facts.spf else ()):
            continue  # SPF002 reports the whole record
        if problem.start in ignored and not problem.fatal:
            continue  # receivers skip the term: SPF029 reports it
        if problem.code in ELSEWHERE or not (problem.fatal or problem.code in _IN_NAMES):
            continue
        snippet = record.text[problem.start : problem.end]
        place = "" if repr(snippet) in problem.message else f" at {snippet[:80]!r}"
        message = f"The SPF record of {node.domain} has an error{place}: {problem.message}."
        if message in said:
            continue  # a repetition, like "mx | a | -all"
        said.add(message)
        report(
            message,
            location=at(node, problem),
            fix=fix_for(facts, node, record, problem),
        )


def fix_for(facts: DomainFacts, node: SpfNode, record: SpfRecord, problem: SpfProblem) -> Fix:
    """The whole intended record if it is clear; else the single term, or words."""
    reading = read_spf(record.text)
    if problem.code == "cut":
        return Fix(CUT)
    if reading is not None and reading.meant is not None:
        # Only the problems know where strings were joined, not the text.
        apart = [
            (p, p.suggestion) for p in record.problems if p.code == "glued" and p.suggestion and not p.fatal
        ]
        return publish(facts, node, "Publish the corrected record", rewritten(record, apart))
    if problem.code == "comment":
        return Fix("Remove the comment, and see that the record names all hosts and services that send")
    if problem.suggestion is None:
        return Fix("Find out what this term was meant to allow, and correct it")
    if not problem.suggestion:
        return Fix("Remove these characters")
    return Fix(f"Replace {record.text[problem.start : problem.end][:80]!r} with {problem.suggestion!r}")


def permerror(
    facts: DomainFacts, node: SpfNode, record: SpfRecord, problem: SpfProblem, report: Reporter
) -> None:
    """Report a fault, for the rules that cover a single code."""
    snippet = record.text[problem.start : problem.end]
    report(
        f"{snippet[:80]!r} in the SPF record of {node.domain} makes it a permerror: {problem.message}.",
        location=at(node, problem),
        fix=fix_for(facts, node, record, problem),
    )


def in_name(record: SpfRecord, start: int) -> bool:
    """Whether this rule reports the term there, so that its name is known to be wrong."""
    return any(p.start == start and not p.fatal and p.code in _IN_NAMES for p in record.problems)
