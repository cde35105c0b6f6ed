"""A TXT record at _dmarc is no DMARC record

## What it checks
TXT records at `_dmarc.<domain>` that are not DMARC records and were not meant as such. One that consists of
a host name was meant as a CNAME, as DMARC services ask for.

## Why it matters
Receivers discard them. Most do no harm, and are leftovers or come from a wildcard; but a TXT record with a
host name in it leads nobody to the record there.

## How to fix
Publish a CNAME to the host name in place of the TXT record. Remove others if nothing needs them.

## References
- RFC 9989 section 4.10 step 2
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.dmarc._facts import own_step, walked
from mailproof.model import DomainFacts, Fix, Location, Severity
from mailproof.records.dmarc_text import near_miss
from mailproof.records.misplaced import alias_target

RULE = declare(__name__, __doc__, Severity.INFO, needs=("misplaced",))


def check(facts: DomainFacts, report: Reporter) -> None:
    """A note for each such record: an error for a host name where no policy applies."""
    own = own_step(facts)
    applies = walked(facts).record is not None
    elsewhere = {(each.name, each.text) for each in facts.misplaced.records} if facts.misplaced else set()
    for text in own.other_txt[:10]:
        name = own.lookup.name
        if near_miss(text) or (name, text) in elsewhere:
            continue
        wildcard = " (an SPF record: it must come from a wildcard)" if text.startswith("v=spf1") else ""
        message = f"{name} holds a TXT record that is not DMARC{wildcard}: {text[:60]!r}."
        fix = None if wildcard else Fix("Remove it if nothing needs it.", kind="improvement")
        severity = Severity.INFO
        if target := alias_target(text):
            message = (
                f"The TXT record at {name} holds the host name {target}, which belongs in a CNAME record."
            )
            fix = Fix(f"Publish a CNAME from {name} to {target} in place of the TXT record.")
            severity = Severity.INFO if own.records else Severity.WARNING if applies else Severity.ERROR
        report(
            message,
            location=Location(name, "TXT", text, 0, len(text)),
            fix=fix,
            severity=severity,
        )
