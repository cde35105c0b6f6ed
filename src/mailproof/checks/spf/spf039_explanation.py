"""SPF: exp= leads to no usable text

## What it checks
The name in `exp=`, in the domain's record and in those that it redirects to. The rule fires where it does not
hold exactly one TXT record with a usable text (US-ASCII, macros well formed). Names with macros about the
message are not checked.

## Why it matters
Receivers that reject mail may put the text into the bounce. Without one usable text they go on as if there
were no `exp=`: the result is the same, but the sender does not see what you meant to say.

## How to fix
Publish one TXT record with the text at that name, or remove the term.

## Example
Before:

    acme.example. TXT "v=spf1 ip4:192.0.2.25 -all exp=why.acme.example" ; why.acme.example does not exist

After:

    acme.example.     TXT "v=spf1 ip4:192.0.2.25 -all exp=why.acme.example"
    why.acme.example. TXT "%{i} may not send mail for %{d}"

## References
- RFC 7208 section 6.2
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.spf._facts import all_nodes, at
from mailproof.checks.spf._fixes import publish
from mailproof.model import DomainFacts, Severity, SpfNode
from mailproof.records.spf import without
from mailproof.records.spf.macros import parse_macros

#: By the number of records: none, one that is malformed, several.
_FIXING = (
    "Remove the term",
    "Correct the text at {name} (US-ASCII, % written as %%), or remove the term",
    "Keep one text at {name}, or remove the term",
)


@declare(Severity.INFO, each=all_nodes)
def check(facts: DomainFacts, node: SpfNode, report: Reporter) -> None:
    record, answer = node.record, node.explanation
    if record is None or answer is None or node.status != "ok":
        return
    if answer.undetermined:
        report.unanswered(answer)
        return
    if (term := record.exp) is None or (why := _fault(answer.records)) is None:
        return
    summary = _FIXING[min(len(answer.records), 2)].format(name=answer.name)
    report(
        f"{term.text} in the SPF record of {node.domain} has no effect: {answer.name} {why}.",
        location=at(node, term),
        evidence=(answer.describe(), *answer.records[:3]),
        fix=publish(facts, node, summary, without(record, [term]), "improvement"),
    )


def _fault(texts: tuple[str, ...]) -> str | None:
    """Why receivers can't use the records at the name; None if they can."""
    if len(texts) != 1:
        return f"has {len(texts)} TXT records, not one" if texts else "has no TXT record"
    problem = parse_macros(texts[0], explanation=True).problem
    return f"has a text that can't be used: {problem.message}" if problem is not None else None
