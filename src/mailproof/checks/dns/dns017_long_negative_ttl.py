"""DNS: negative answers cached for over a day

## What it checks
The last number of the zone's SOA record. It sets how long resolvers remember that a name or record does not
exist.

## Why it matters
A new DKIM selector or DMARC record that someone looked up too early stays missing for that long.

## How to fix
Set it to between 300 and 3600 seconds.

## Example
Before:

    acme.example. SOA ns1.acme.example. host.acme.example. 1 7200 3600 1209600 604800

After:

    acme.example. SOA ns1.acme.example. host.acme.example. 1 7200 3600 1209600 3600

## References
- RFC 2308 sections 4 and 5
"""

from mailproof.checks.base import NotApplicable, Reporter, answered, declare, improvement
from mailproof.checks.dns._facts import days
from mailproof.model import DomainFacts, Location, Severity

#: Seconds.
LONGEST = 86400


@declare(Severity.INFO, needs="soa")
def check(facts: DomainFacts, report: Reporter) -> None:
    soa = facts.soa
    if soa is None or soa.absent or soa.chain:
        raise NotApplicable("the domain is not a zone of its own")
    answered(soa)
    words = soa.records[0].split()
    if len(words) != 7 or not words[6].isdigit() or int(words[6]) <= LONGEST:
        return
    changed = " ".join((*words[:6], "3600"))
    start = len(soa.records[0]) - len(words[6])
    report(
        f"Resolvers remember for {days(int(words[6]))} that a record of {facts.domain} does not exist.",
        location=Location(facts.domain, "SOA", soa.records[0], start, len(soa.records[0])),
        evidence=(f"SOA {soa.records[0]}",),
        fix=improvement(f"Set the last number of the SOA record to 3600: {changed}"),
    )
