"""The record has no end

## What it checks
Whether the record ends in `all` or hands over by `redirect=`.

## Why it matters
Without either the result for every host not listed is `neutral`, as with `?all`: forged mail is not
marked.

## How to fix
End the record in `~all`, and in `-all` once every sender is listed.

## References
- RFC 7208 section 4.7
"""

from mailproof.checks.base import NotApplicable, Reporter, declare
from mailproof.checks.spf._facts import at, policy_of
from mailproof.checks.spf._fixes import publish
from mailproof.model import DomainFacts, Severity
from mailproof.records.spf import parse_spf, read_spf

RULE = declare(__name__, __doc__, Severity.WARNING, consequence="forged", profiles="in use")


def check(facts: DomainFacts, report: Reporter) -> None:
    """A finding where there is neither ``all`` nor ``redirect``; an error where it was cut off."""
    node, record = policy_of(facts)
    if record.all_term is not None:
        return
    if not record.valid:
        raise NotApplicable("the record is broken: it has no meaning to complete")
    reading = read_spf(record.text)
    if reading is not None and reading.meant and parse_spf(reading.meant).all_term is not None:
        raise NotApplicable("its all is there, behind a missing space")
    why = " It ends after 255 octets, where it seems to have been cut off." if record.cut else ""
    report(
        f"The SPF record of {node.domain} has neither all nor redirect=, so that every other "
        f"host gets neutral.{why}",
        location=at(node),
        fix=publish(facts, node, "Say what holds for all others", f"{record.text.strip()} ~all", "decision"),
        severity=Severity.ERROR if record.cut else None,
    )
