"""MTA-STS: policy can't be fetched

## What it checks
A GET of `https://mta-sts.<domain>/.well-known/mta-sts.txt`. It must return status 200 and a policy of at
most 64 KiB, without a redirect, from a public address.

## Why it matters
Sending servers must not follow redirects, and any other status is a failure. Without an earlier copy of the
policy they deliver as if there were no MTA-STS.

## How to fix
Serve the file at exactly that address, as text/plain.

## Example
Before:

    GET https://mta-sts.acme.example/.well-known/mta-sts.txt
    HTTP/1.1 301 Moved Permanently
    Location: https://www.acme.example/mta-sts.txt

After:

    GET https://mta-sts.acme.example/.well-known/mta-sts.txt
    HTTP/1.1 200 OK
    Content-Type: text/plain

## References
- RFC 8461 section 3.3
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.mta_sts._facts import fetch_of
from mailproof.model import FetchFacts, Location, Severity


@declare(Severity.WARNING, fetch_of)
def check(fetched: FetchFacts, report: Reporter) -> None:
    if fetched.ok or fetched.kind in ("certificate", "no-address"):
        return
    advice = f"Serve the policy at {fetched.url} itself, with status 200 and as text/plain."
    if fetched.kind == "redirect":
        advice = f"Serve the policy at {fetched.url} itself: senders do not follow redirects."
    elif fetched.kind == "refused-address":
        advice = f"Give mta-sts.{report.subject} an address on the public Internet."
    report(
        f"The policy at {fetched.url} can't be fetched: {fetched.problem}.",
        location=Location(fetched.url, "HTTPS"),
        evidence=(fetched.describe(),),
        fix=advice,
    )
