"""A public suffix asks for failure reports

## What it checks
Whether a record with `psd=y` has `ruf`.

## Why it matters
Failure reports hold parts of messages. A suffix under which several organizations register must not
collect them about mail that is not its own.

## How to fix
Take `ruf` out of the suffix's record.

## References
- RFC 9989 section 10.2
- RFC 9991
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.dmarc._facts import applied
from mailproof.model import DomainFacts, Severity
from mailproof.records.dmarc_text import rewritten

RULE = declare(__name__, __doc__, Severity.WARNING, consequence="reports")


def check(facts: DomainFacts, report: Reporter) -> None:
    found = applied(facts)
    if not found.own or found.record.psd != "y" or found.record.tag("ruf") is None:
        return
    report(
        f"The record at {found.name} says that {facts.domain} is a public suffix (psd=y), yet asks for "
        "failure reports about other organizations' mail.",
        location=found.at_tag("ruf"),
        fix=found.next_step("Leave ruf= out.", rewritten(found.record, drop=("ruf",))),
    )
