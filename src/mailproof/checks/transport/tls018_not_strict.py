"""Certificate: fails strict verification

## What it checks
Certificate chains that verify, against OpenSSL's strict rules (`X509_STRICT`). The rule points out what these
rules reject: missing key identifiers of the issuer or of CAs, basic constraints or key usage of CAs, empty
names, and extensions that are critical, or not, against RFC 5280.

## Why it matters
Mail servers don't use these rules, and deliver. Some programs do: those written in Python reject such a
certificate since Python 3.13. It occurs with private CAs and with a few public roots.

## How to fix
Have the certificate reissued with these extensions (`openssl x509 -req` needs `-extfile`; `openssl ca` and
today's CAs write them). Where a public root lacks them, use a chain that ends at another root.

## Example
Before:

    X509v3 extensions:
        X509v3 Subject Alternative Name: DNS:mx1.acme.example

After:

    X509v3 extensions:
        X509v3 Subject Alternative Name: DNS:mx1.acme.example
        X509v3 Authority Key Identifier: 3A:5F:…:C2

## References
- RFC 5280 section 4.2
- https://docs.python.org/3/library/ssl.html#ssl.create_default_context
"""

from mailproof.checks._strict import not_strict
from mailproof.checks.base import Reporter, declare, some
from mailproof.checks.transport._facts import Certificates, certificates, location
from mailproof.model import Severity


@declare(Severity.INFO, certificates)
def check(every: Certificates, report: Reporter) -> None:
    verified = (
        (each, tls) for each, tls, _ in every if tls.verified is not False or tls.problem_code == "handshake"
    )
    for each, tls in some(verified, "no mail host's certificate verifies"):
        unread = f"{each.place}: {tls.problem or 'the chain could not be read'}"
        not_strict(report, each.place, tls.strict_faults, unread, location(each))
