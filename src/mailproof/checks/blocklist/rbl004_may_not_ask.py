"""A blocklist does not let itself be asked from here

## What it checks
Whether a list answered that the question is not welcome (such as 127.255.255.254, or REFUSED) and not
whether something is listed.

## Why it matters
Such an answer is no listing. Programs that take it for one tell of blocks that do not exist, or worse,
refuse all mail.

## How to fix
Ask through a resolver of your own and not through a public one (`--nameserver`), register with the list,
or leave it out.

## References
- RFC 5782 section 5
- Spamhaus: return codes 127.255.255.252 to 127.255.255.255
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.blocklist._facts import blocklists
from mailproof.model import DomainFacts, Fix, Location, Severity

RULE = declare(__name__, __doc__, Severity.INFO)


def check(facts: DomainFacts, report: Reporter) -> None:
    seen: set[str] = set()
    for listing in blocklists(facts).listings:
        if listing.status == "refused" and listing.blocklist not in seen:
            seen.add(listing.blocklist)
            report(
                f"{listing.blocklist} may not be asked from here: {listing.reason}.",
                location=Location(listing.lookup.name, "A"),
                evidence=(
                    f"A {listing.lookup.name}: {', '.join(listing.lookup.records) or listing.lookup.status}",
                ),
                fix=Fix(
                    "Ask through a resolver of your own (--nameserver), register with the list, or "
                    "leave it out."
                ),
            )
