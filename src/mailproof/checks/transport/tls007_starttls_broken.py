"""TLS: STARTTLS fails

## What it checks
The TLS handshake after STARTTLS, with a client that has today's defaults. The rule fires where a mail host
offers STARTTLS and the handshake fails. (Hosts with nothing newer than TLS 1.1 are TLS009's.)

## Why it matters
A sender that sees STARTTLS uses it. Where the handshake fails, many retry and give up after days rather than
send in plain text.

## How to fix
Check the server's log for that moment: a missing key file, a wrong chain, no common cipher.

## Example
Before:

    Postfix: smtpd_tls_key_file = /etc/ssl/private/missing.pem

After:

    Postfix: smtpd_tls_key_file = /etc/ssl/private/mx1.acme.example.pem

## References
- RFC 3207 section 4.1
- RFC 8996
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.transport._facts import greeted, location
from mailproof.model import MxConnectionFacts, Severity

MODERN = ("TLSv1.2", "TLSv1.3")


@declare(Severity.ERROR, each=greeted)
def check(each: MxConnectionFacts, report: Reporter) -> None:
    modern = [each_version.offered for each_version in each.versions if each_version.version in MODERN]
    if not each.starttls_problem or (modern and not any(offered is not False for offered in modern)):
        return  # another rule covers hosts with only old versions
    tls = each.tls
    old = f" A lenient client gets {tls.version} with {tls.cipher}." if tls is not None else ""
    report(
        f"{each.place} offers STARTTLS, but it fails: {each.starttls_problem}.{old}",
        location=location(each),
        fix="Correct the server's TLS settings; its log shows what failed.",
    )
