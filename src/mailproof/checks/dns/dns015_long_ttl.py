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

from mailproof.checks.base import NotApplicable, Reporter, Undetermined, declare, improvement
from mailproof.checks.dns._facts import days
from mailproof.checks.dns._records import mail_lookups, undetermined
from mailproof.model import DomainFacts, Location, Severity

#: Seconds.
LONGEST = 86400


@declare(Severity.INFO, needs=("dkim", "dmarc", "mx_lookup", "spf"))
def check(facts: DomainFacts, report: Reporter) -> None:
    lookups = [lookup for lookup in mail_lookups(facts) if lookup.found]
    if not lookups:
        if failed := next(undetermined(facts), None):
            raise Undetermined.of(failed)
        raise NotApplicable("no mail record was found")
    for lookup in lookups:
        if lookup.ttl > LONGEST:
            report(
                f"{lookup.name} {lookup.rrtype} has a TTL of {days(lookup.ttl)} ({lookup.ttl} seconds): "
                "a change takes that long to reach receivers.",
                location=Location(lookup.name, lookup.rrtype, lookup.records[0]),
                fix=improvement("Lower the TTL to 3600 seconds."),
            )
