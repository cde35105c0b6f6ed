"""Nobody trusted stands behind the server's certificate

## What it checks
The rule reports self-signed certificates, unknown roots, and chains with a missing intermediate
certificate.

## Why it matters
Programs that verify certificates refuse the server. A missing intermediate works in some programs and not
in others, which makes it hard to find.

## How to fix
Serve the full chain (leaf and intermediates) of a public authority. For a private authority, name its root
in `ca_file`.

## References
- RFC 5280 section 6.1
- RFC 8314 section 3.3
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.delivery import certificate_evidence, place, tls_of
from mailproof.model import DeliveryFacts, Fix, Severity

RULE = declare(__name__, __doc__, Severity.ERROR)


def check(facts: DeliveryFacts, report: Reporter) -> None:
    tls = tls_of(facts)
    if tls.problem_code not in ("untrusted", "self-signed"):
        return
    single = len(tls.chain) == 1 and tls.problem_code == "untrusted"
    hint = " It sends one certificate alone: an intermediate may be missing." if single else ""
    report(
        f"The certificate of {place(facts)} is not trusted: {tls.problem}.{hint}",
        evidence=certificate_evidence(tls),
        fix=Fix("Serve the whole chain of a public authority, or name a private root in ca_file."),
    )
