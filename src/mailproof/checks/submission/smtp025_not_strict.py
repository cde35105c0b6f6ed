"""Certificate: fails strict verification

## What it checks
The verified chains of the SMTP server and of the mailbox. The rule fires where one fails OpenSSL's strict
rules (`X509_STRICT`): key identifiers of the issuer and of CAs, basic constraints and key usage of CAs,
names that are not empty, and extensions critical or not as RFC 5280 says.

## Why it matters
Mail programs do not check this. Python does since 3.13: a script that sends or fetches mail fails there,
and works on an older machine. Mostly private CAs have the fault.

## How to fix
Have the certificate issued again with these extensions (`openssl x509 -req` needs `-extfile`; `openssl ca`
and today's CAs write them).

## Example
Before (no authority key identifier):

    openssl x509 -req -in smtp.csr -CA ca.pem -CAkey ca.key -out smtp.pem

After:

    openssl x509 -req -in smtp.csr -CA ca.pem -CAkey ca.key -extfile smtp.ext -out smtp.pem

## References
- RFC 5280 section 4.2
- https://docs.python.org/3/library/ssl.html#ssl.create_default_context
"""

from collections.abc import Iterator

from mailproof.checks._strict import not_strict
from mailproof.checks.base import Reporter, declare, some
from mailproof.checks.delivery import place
from mailproof.model import DeliveryFacts, Severity, TlsFacts


@declare(Severity.INFO)
def check(facts: DeliveryFacts, report: Reporter) -> None:
    verified = ((where, tls) for where, tls in _servers(facts) if tls.verified)
    for where, tls in some(verified, "no server's certificate was verified"):
        not_strict(report, where, tls.strict_faults, f"the certificate chain of {where} can't be read")


def _servers(facts: DeliveryFacts) -> Iterator[tuple[str, TlsFacts]]:
    if facts.submission is not None and facts.submission.tls is not None:
        yield place(facts), facts.submission.tls
    if facts.retrieval is not None and facts.retrieval.tls is not None:
        yield f"the mailbox {facts.retrieval.server}", facts.retrieval.tls
