"""MTA-STS: certificate fails strict verification

## What it checks
The certificate chain of `mta-sts.<domain>`, where it verifies. The rule fires where it doesn't by OpenSSL's
strict rules (`X509_STRICT`): key identifiers, basic constraints and key usage of CAs, no empty names.

## Why it matters
Sending servers fetch the policy over HTTPS. One with strict verification can't, and goes on without the
policy; those written in Python are strict since Python 3.13. A few public roots fail.

## How to fix
Use a chain that ends at another root, or a certificate from another CA.

## Example
Before:

    CN=mta-sts.acme.example: no authority key identifier

After:

    CN=mta-sts.acme.example: authority key identifier 5B:A1:…

## References
- RFC 5280 section 4.2
- https://docs.python.org/3/library/ssl.html#ssl.create_default_context
"""

from mailproof.checks._strict import not_strict
from mailproof.checks.base import NotApplicable, Reporter, declare
from mailproof.checks.mta_sts._facts import fetch_of
from mailproof.model import FetchFacts, Location, Severity


@declare(Severity.INFO, fetch_of)
def check(fetched: FetchFacts, report: Reporter) -> None:
    if fetched.kind == "certificate" or not fetched.chain:
        raise NotApplicable("the policy host presented no certificate that verifies")
    place = f"mta-sts.{report.subject}"
    unread = f"the certificate chain of {place} can't be read"
    not_strict(report, place, fetched.strict_faults, unread, Location(fetched.url, "HTTPS"))
