"""The MTA-STS policy host's certificate is refused

## What it checks
The certificate of `mta-sts.<domain>`: issued by a public authority, in date, and for that very name.

## Why it matters
The certificate is all that vouches for the policy. With a bad one senders ignore the policy, or keep to
the old one until it runs out.

## How to fix
Install a certificate for `mta-sts.<domain>` and renew it automatically; see that CAA records let its
authority issue it.

## References
- RFC 8461 section 3.3
- RFC 9525
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.mta_sts._facts import fetch_of, policy_url
from mailproof.model import DomainFacts, Fix, Location, Severity

RULE = declare(__name__, __doc__, Severity.WARNING)


def check(facts: DomainFacts, report: Reporter) -> None:
    sts, fetched = fetch_of(facts)
    if fetched.kind != "certificate":
        return
    shown = tuple(
        f"served: {each.subject}, issued by {each.issuer}, until {each.not_after:%Y-%m-%d}, "
        f"for {', '.join(each.names[:5]) or 'no name'}"
        for each in fetched.chain[:1]
    )
    report(
        f"Senders refuse the certificate of mta-sts.{facts.domain}: {fetched.problem}.",
        location=Location(policy_url(sts), "HTTPS"),
        evidence=(fetched.describe(), *shown),
        fix=Fix(
            f"Install a certificate of a public authority for mta-sts.{facts.domain}, with its intermediates."
        ),
    )
