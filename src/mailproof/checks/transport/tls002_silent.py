"""A mail host does not answer

## What it checks
Whether a mail host gives no answer on port 25 while another of the domain's hosts does over the same
family of addresses, so that the way out is known to be open.

## Why it matters
Each sender waits until its time limit, often 30 seconds or more, before it tries the next host: mail
comes late.

## How to fix
Start the host or open its firewall, or take the MX or address record away.

## References
- RFC 5321 section 4.5.4.1
- RFC 5321 section 5.1
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.transport._facts import connections, location, no_way_out
from mailproof.model import DomainFacts, Fix, Severity

RULE = declare(__name__, __doc__, Severity.WARNING)


def check(facts: DomainFacts, report: Reporter) -> None:
    everything = connections(facts)
    if not_out := no_way_out(facts):
        report.unknown(not_out)
    open_families = {":" in each.address for each in everything if each.state in ("answered", "protocol")}
    for each in everything:
        if each.state == "timeout" and (":" in each.address) in open_families:
            report(
                f"The mail host {each.place} does not answer on port {each.port}, while others do.",
                location=location(each),
                evidence=(each.reason,),
                fix=Fix("Start the host or open its firewall, or remove the address or MX record"),
            )
        elif each.state == "silent":
            report.unknown(f"{each.place}: {each.reason}")
