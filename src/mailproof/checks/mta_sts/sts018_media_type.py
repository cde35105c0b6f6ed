"""MTA-STS: policy not served as text/plain

## What it checks
The media type that the policy is served with.

## Why it matters
RFC 8461 asks sending servers to check for text/plain, which protects against policies uploaded by users of
a shared web server. Some reject other types.

## How to fix
Make the web server send `Content-Type: text/plain` for the file.

## Example
Before:

    GET https://mta-sts.acme.example/.well-known/mta-sts.txt
    HTTP/1.1 200 OK
    Content-Type: application/octet-stream

After:

    GET https://mta-sts.acme.example/.well-known/mta-sts.txt
    HTTP/1.1 200 OK
    Content-Type: text/plain

## References
- RFC 8461 section 3.2
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.mta_sts._facts import Served, policy_of
from mailproof.model import Location, Severity


@declare(Severity.WARNING, policy_of)
def check(found: Served, report: Reporter) -> None:
    if found.fetch.media_type == "text/plain":
        return
    shown = found.fetch.media_type or "no media type"
    report(
        f"{found.fetch.url} is served as {shown}, not as text/plain.",
        location=Location(found.fetch.url, "HTTPS"),
        evidence=(found.fetch.describe(),),
        fix="Make the web server send the header 'Content-Type: text/plain' for the file.",
    )
