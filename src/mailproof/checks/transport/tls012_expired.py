"""Certificate: expired or not yet valid

## What it checks
The dates of each mail host's certificate. The rule fires where it has expired or is not valid yet. It is
information where DANE-EE vouches for the key, for which dates don't count.

## Why it matters
Senders that verify (MTA-STS, DANE-TA, enforced TLS) refuse to deliver from that moment on.

## How to fix
Renew the certificate, load it into the mail server (the reload is easily forgotten), and monitor its expiry
date.

## Example
Before:

    notAfter: Oct 24 12:00:00 2026 GMT   (today: 1 November 2026)

After:

    notAfter: Jan 22 12:00:00 2027 GMT

## References
- RFC 5280 section 4.1.2.5
- RFC 8461 section 4.2
- RFC 7672 section 3.1.1
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.transport._facts import certificates, describe, location, pinned
from mailproof.model import CertificateFacts, DomainFacts, MxConnectionFacts, Severity, TlsFacts


@declare(Severity.WARNING, each=certificates, consequence="tidy", needs="dane")
def check(
    facts: DomainFacts, each: MxConnectionFacts, tls: TlsFacts, leaf: CertificateFacts, report: Reporter
) -> None:
    early = tls.problem_code == "not-yet-valid"
    if leaf.days_left >= 0 and not early:
        return
    when = f"expired on {leaf.not_after:%Y-%m-%d}"
    if early:
        when = f"is valid only from {leaf.not_before:%Y-%m-%d}"
    report(
        f"The certificate of {each.place} {when}.",
        location=location(each),
        evidence=describe(leaf),
        fix=(
            "Check the clocks of both machines."
            if early
            else "Renew the certificate and reload the mail server."
        ),
        severity=Severity.INFO if pinned(facts, each.host) else Severity.WARNING,
    )
