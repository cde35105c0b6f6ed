"""MTA-STS: policy host has an invalid certificate

## What it checks
The certificate of `mta-sts.<domain>`. It must be issued by a public CA, in date, and for exactly that name.

## Why it matters
Only the certificate proves that the policy is yours. With an invalid one, sending servers ignore the
policy, or keep to the old one until it expires.

## How to fix
Install a certificate for `mta-sts.<domain>` and renew it automatically. Make sure that CAA records allow
its CA.

## Example
Before:

    certificate of mta-sts.acme.example: DNS:*.pages.example

After:

    certificate of mta-sts.acme.example: DNS:mta-sts.acme.example

## References
- RFC 8461 section 3.3
- RFC 9525
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.mta_sts._facts import fetch_of
from mailproof.model import FetchFacts, Location, Severity


@declare(Severity.WARNING, fetch_of)
def check(fetched: FetchFacts, report: Reporter) -> None:
    if fetched.kind != "certificate":
        return
    shown = tuple(
        f"served: {each.subject}, issued by {each.issuer}, until {each.not_after:%Y-%m-%d}, "
        f"for {', '.join(each.names[:5]) or 'no name'}"
        for each in fetched.chain[:1]
    )
    report(
        f"Senders reject the certificate of mta-sts.{report.subject}: {fetched.problem}.",
        location=Location(fetched.url, "HTTPS"),
        evidence=(fetched.describe(), *shown),
        fix=f"Install a certificate from a public CA for mta-sts.{report.subject}, with its intermediates.",
    )
