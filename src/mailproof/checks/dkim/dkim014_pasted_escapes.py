"""Something was pasted along with a key

## What it checks
The rule reports key records whose text itself holds quotation marks, backslashes, parentheses or the
beginning of a line of a zone file, the lines `-----BEGIN PUBLIC KEY-----` and `-----END PUBLIC KEY-----` of
a key file, or invisible characters such as no-break and zero-width spaces (outside the notes in `n=`).

## Why it matters
In a zone file quotation marks and backslashes only delimit and escape. Pasted into the form of a DNS panel
they become part of the text, and the key can no longer be read. Panels that strip them again still show the
key as valid, while receivers fail it. Invisible characters come along from web pages and word processors.

## How to fix
Enter the value without them. A long key is entered as one value: the panel splits it.

## References
- RFC 6376 section 3.6.1
- RFC 1035 section 5.1
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.dkim._facts import keys
from mailproof.model import DomainFacts, Severity
from mailproof.records.dkim_plain import PASTED

RULE = declare(__name__, __doc__, Severity.ERROR)


def check(facts: DomainFacts, report: Reporter) -> None:
    for key in keys(facts, report):
        problem = next(key.problems(*PASTED), None)
        if problem is None:
            continue
        report(
            f"The key at {key.facts.name} cannot be read: {problem.message}.",
            location=key.at_problem(problem),
            evidence=(key.facts.lookup.describe(),),
            fix=key.repair(
                "Publish the record without it",
                f"Publish the key of the selector {key.facts.selector} again, the value alone",
            ),
        )
