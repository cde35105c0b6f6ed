"""The server's certificate is for another name

## What it checks
The rule reports a certificate that does not name the host that was connected to.

## Why it matters
Programs that verify certificates refuse the server: they cannot tell it from an impostor.

## How to fix
Use a host name that the certificate carries, or add the name to the certificate.

## References
- RFC 6125 section 6
- RFC 7817
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.delivery import certificate_evidence, leaf, place, submission, tls_of
from mailproof.model import DeliveryFacts, Fix, Severity

RULE = declare(__name__, __doc__, Severity.ERROR)


def check(facts: DeliveryFacts, report: Reporter) -> None:
    tls = tls_of(facts)
    if tls.problem_code != "wrong-name":
        return
    certificate = leaf(tls)
    names = ", ".join(certificate.names[:10]) if certificate is not None else ""
    host = submission(facts).host
    report(
        f"The certificate of {place(facts)} is not for {host}" + (f" but for {names}." if names else "."),
        evidence=certificate_evidence(tls),
        fix=Fix(
            f"Set the host to a name of the certificate ({names}), or add {host} to the certificate."
            if names
            else f"Add {host} to the certificate's names."
        ),
    )
