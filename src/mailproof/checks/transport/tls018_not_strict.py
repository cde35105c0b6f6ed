"""A mail host's certificate does not pass strict verification

## What it checks
Whether a chain that verifies would do so by OpenSSL's strict rules too (`X509_STRICT`): key identifiers of
the issuer and of authorities, basic constraints and key usage of authorities, names that are not empty,
and extensions critical or not as RFC 5280 says.

## Why it matters
Mail servers do not ask for this, and deliver. Some programs do: those written in Python refuse such a
certificate since Python 3.13. It is found with private authorities, and with a few public roots.

## How to fix
Have the certificate issued anew with these extensions (`openssl x509 -req` needs `-extfile`; `openssl ca`
and today's authorities write them). Where a public root lacks them, take a chain that ends at another.

## References
- RFC 5280 section 4.2
- https://docs.python.org/3/library/ssl.html#ssl.create_default_context
"""

from mailproof.checks._strict import not_strict
from mailproof.checks.base import NotApplicable, Reporter, declare
from mailproof.checks.transport._facts import certificates, location
from mailproof.model import DomainFacts, Severity

RULE = declare(__name__, __doc__, Severity.INFO)


def check(facts: DomainFacts, report: Reporter) -> None:
    verified = False
    for each, tls, _ in certificates(facts, report):
        if tls.verified is False and tls.problem_code != "handshake":
            continue
        verified = True
        if tls.strict_faults is None:
            report.unknown(f"{each.place}: {tls.problem or 'the chain cannot be read'}")
        elif tls.strict_faults:
            not_strict(report, each.place, tls.strict_faults, location(each))
    if not verified:
        raise NotApplicable("no mail host's certificate verifies")
