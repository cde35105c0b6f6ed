"""A mail host is on a blocklist

## What it checks
The addresses of the MX hosts, asked of the blocklists that were chosen. Lists that are hardly used for
refusing mail, and networks that are only said not to send, count as information.

## Why it matters
A host that takes mail often sends too: forwarding, bounces, replies. Mail from a listed address is
refused by many receivers.

## How to fix
If the host sends mail, find the cause and ask for removal. If it belongs to your provider, tell them.

## References
- RFC 5782
- RFC 6471
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.blocklist._facts import listed, of_role, report_listing
from mailproof.model import DomainFacts, Severity

RULE = declare(__name__, __doc__, Severity.WARNING)


def check(facts: DomainFacts, report: Reporter) -> None:
    hosts = of_role(facts, report, "mx")
    todo = "If the host sends mail: find and end the cause, then ask for removal"
    for listing in (*listed(hosts, policy=False), *listed(hosts, policy=True)):
        serious = listing.major and not all(code.policy for code in listing.codes)
        severity = Severity.WARNING if serious else Severity.INFO
        report_listing(report, listing, f"The mail host {listing.host} ({listing.subject})", todo, severity)
