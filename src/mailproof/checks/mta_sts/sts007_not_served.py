"""The MTA-STS policy cannot be fetched

## What it checks
A GET of `https://mta-sts.<domain>/.well-known/mta-sts.txt`: it must be answered with status 200 and the
policy, of at most 64 KiB, without redirects, from a public address.

## Why it matters
Senders may not follow redirects and take any other status for a failure: without a policy kept from
before they deliver as if there were no MTA-STS.

## How to fix
Serve the file at that very address, as text/plain.

## References
- RFC 8461 section 3.3
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.mta_sts._facts import fetch_of, policy_url
from mailproof.model import DomainFacts, Fix, Location, Severity

RULE = declare(__name__, __doc__, Severity.WARNING)


def check(facts: DomainFacts, report: Reporter) -> None:
    """A finding where a server, and not the way to it, kept the policy back."""
    sts, fetched = fetch_of(facts)
    if fetched.ok or fetched.kind in ("certificate", "no-address"):
        return
    url = policy_url(sts)
    advice = f"Serve the policy at {url} itself, with status 200 and as text/plain."
    if fetched.kind == "redirect":
        advice = f"Serve the policy at {url} itself: senders do not follow redirects."
    elif fetched.kind == "refused-address":
        advice = f"Give mta-sts.{facts.domain} an address on the public Internet."
    report(
        f"The policy at {url} cannot be fetched: {fetched.problem}.",
        location=Location(url, "HTTPS"),
        evidence=(fetched.describe(),),
        fix=Fix(advice),
    )
