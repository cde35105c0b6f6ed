"""A server's certificate does not pass strict verification

## What it checks
Whether the chain of the SMTP server, and of the mailbox's, would verify by OpenSSL's strict rules too
(`X509_STRICT`): key identifiers of the issuer and of authorities, basic constraints and key usage of
authorities, names that are not empty, and extensions critical or not as RFC 5280 says.

## Why it matters
Mail programs do not ask for this. Programs in Python do since Python 3.13: a script that sends or fetches
mail fails there, and works on an older machine. It is found with private authorities, mostly.

## How to fix
Have the certificate issued anew with these extensions (`openssl x509 -req` needs `-extfile`; `openssl ca`
and today's authorities write them).

## References
- RFC 5280 section 4.2
- https://docs.python.org/3/library/ssl.html#ssl.create_default_context
"""

from collections.abc import Iterator

from mailproof.checks._strict import not_strict
from mailproof.checks.base import NotApplicable, Reporter, declare
from mailproof.checks.delivery import place
from mailproof.model import DeliveryFacts, Severity, TlsFacts

RULE = declare(__name__, __doc__, Severity.INFO)


def check(facts: DeliveryFacts, report: Reporter) -> None:
    verified = False
    for where, tls in _servers(facts):
        if not tls.verified:
            continue
        verified = True
        if tls.strict_faults is None:
            report.unknown(f"the chain of {where} cannot be read")
        elif tls.strict_faults:
            not_strict(report, where, tls.strict_faults)
    if not verified:
        raise NotApplicable("no server's certificate was verified")


def _servers(facts: DeliveryFacts) -> Iterator[tuple[str, TlsFacts]]:
    if facts.submission is not None and facts.submission.tls is not None:
        yield place(facts), facts.submission.tls
    if facts.retrieval is not None and facts.retrieval.tls is not None:
        yield f"the mailbox {facts.retrieval.server}", facts.retrieval.tls
