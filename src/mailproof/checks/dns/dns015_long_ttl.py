"""DNS: TTL of a mail record over a day

## What it checks
The time to live (TTL) of the MX, SPF, DMARC and DKIM records.

## Why it matters
Receivers go on using the old record for that long after a change. A wrong key or policy can't be corrected
the same day.

## How to fix
An hour is common. Before a planned change, lower the TTL early enough for the old one to run out.

## Example
Before:

    acme.example. 604800 MX 10 mx1.acme.example.
    mx1.acme.example. A 192.0.2.25

After:

    acme.example. 3600 MX 10 mx1.acme.example.
    mx1.acme.example. A 192.0.2.25

## References
- RFC 1912 section 2.2
- RFC 1035 section 3.2.1
"""

from collections.abc import Iterator

from mailproof.checks.base import NotApplicable, Reporter, answered, declare, improvement
from mailproof.checks.dns._facts import days
from mailproof.model import DomainFacts, Location, Lookup, Severity
from mailproof.names import is_within

#: Seconds.
LONGEST = 86400


@declare(Severity.INFO, needs="dkim dmarc mx_lookup spf")
def check(facts: DomainFacts, report: Reporter) -> None:
    own = (each for each in _lookups(facts) if not each.chain and is_within(each.name, facts.domain))
    lookups = {(each.name, each.rrtype): each for each in own if each.found}
    if not lookups:
        spf, dmarc = facts.spf, facts.dmarc
        answered(facts.mx_lookup, spf.root.lookup if spf else None, dmarc.walk.unknown if dmarc else None)
        raise NotApplicable("no mail record was found")
    for lookup in lookups.values():
        if lookup.ttl > LONGEST:
            report(
                f"{lookup.name} {lookup.rrtype} has a TTL of {days(lookup.ttl)} ({lookup.ttl} seconds): "
                "a change takes that long to reach receivers.",
                location=Location(lookup.name, lookup.rrtype, lookup.records[0]),
                fix=improvement("Lower the TTL to 3600 seconds."),
            )


def _lookups(facts: DomainFacts) -> Iterator[Lookup]:
    """The lookups of the MX, SPF, DMARC and DKIM records."""
    if facts.mx_lookup is not None:
        yield facts.mx_lookup
    if facts.spf is not None and facts.spf.root.record is not None and facts.spf.root.lookup is not None:
        yield facts.spf.root.lookup
    yield from [step.lookup for step in facts.dmarc.walk.steps if step.record][:1] if facts.dmarc else ()
    yield from (key.lookup for key in facts.dkim if key.record is not None)
