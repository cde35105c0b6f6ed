"""The policy is at quarantine

## What it checks
Whether the policy that applies is `quarantine`.

## Why it matters
Forged mail still reaches the recipients' junk folders. `reject` keeps it out; before that, make sure
that mailing lists and forwarders that your users write to cope.

## How to fix
When the reports have been clean for some weeks, change the policy to `reject`.

## References
- RFC 9989 section 5.1.7
"""

from __future__ import annotations

from collections.abc import Iterator

from mailproof.checks.base import report
from mailproof.checks.dmarc._facts import applied
from mailproof.model import DomainFacts, Finding, Rule, Severity
from mailproof.records.dmarc_text import rewritten

RULE = Rule("DMARC012", "The policy is at quarantine", Severity.INFO, "dmarc", ("RFC 9989 section 5.1.7",))


def check(facts: DomainFacts) -> Iterator[Finding]:
    """Yield a note where quarantine applies and is not being tested."""
    found = applied(facts)
    source = found.dmarc.source
    if found.dmarc.policy != "quarantine" or source is None or found.record.testing:
        return
    written = source if found.record.tag(source) else "p"
    yield report(
        RULE,
        facts.domain,
        f"The record at {found.name} asks for quarantine: mail that forges {facts.domain} still lands in "
        "junk folders.",
        location=found.at_tag(written),
        evidence=(found.record.text,),
        fix=found.publish(
            "Once the reports stay clean, ask for reject.",
            rewritten(found.record, put=((written, "reject"),)),
        ),
    )
