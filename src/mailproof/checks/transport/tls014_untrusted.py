"""A mail host's certificate has no public authority behind it

## What it checks
Whether the chain that the host sends leads to an authority that this machine trusts: self-signed
certificates, private authorities, a missing intermediate. It is a note where DANE-EE vouches for the
key.

## Why it matters
Senders under MTA-STS or forced TLS refuse to deliver. A missing intermediate passes with some senders
that fetch or remember it, and fails with the rest.

## How to fix
Install a certificate of a public authority with its whole chain (`fullchain.pem`, not `cert.pem`), or
publish DANE records for it.

## References
- RFC 8461 section 4.2
- RFC 5280 section 6
- RFC 7672 section 3.1.1
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.transport._facts import certificates, describe, location, pinned
from mailproof.model import DomainFacts, Fix, Severity

RULE = declare(__name__, __doc__, Severity.WARNING, consequence="tidy", needs=("dane",))


def check(facts: DomainFacts, report: Reporter) -> None:
    for each, tls, leaf in certificates(facts, report):
        self_signed = leaf.subject == leaf.issuer
        if tls.verification_off or (tls.problem_code in ("handshake", "invalid") and not self_signed):
            report.unknown(f"{each.place}: {tls.problem}")
            continue
        if tls.verified or not (self_signed or tls.problem_code in ("self-signed", "untrusted", "revoked")):
            continue
        what = "has no public authority behind it"
        fix = Fix("Install a certificate of a public authority, with its whole chain.")
        if self_signed:
            what = "is self-signed"
        elif tls.problem_code == "revoked":
            what = "is revoked"
        elif tls.problem_code == "untrusted" and len(tls.chain) == 1:
            what = f"comes without the certificate of its issuer ({leaf.issuer}), and cannot be verified"
            fix = Fix("Give the server the whole chain (fullchain.pem), not its own certificate alone.")
        report(
            f"The certificate of {each.place} {what}.",
            location=location(each),
            evidence=(*describe(leaf), tls.problem),
            fix=fix,
            severity=Severity.INFO if pinned(facts, each.host) else Severity.WARNING,
        )
