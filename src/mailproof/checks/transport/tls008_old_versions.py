"""A mail host still speaks TLS 1.0 or 1.1

## What it checks
Whether TLS 1.0 or 1.1 is offered beside newer versions. Found only as far as the OpenSSL of this machine
can speak them.

## Why it matters
RFC 8996 forbids both. For mail between servers old TLS is still better than none, which is why some
large providers keep it; auditors mark it down all the same.

## How to fix
Set the lowest version to 1.2 (Postfix: `smtpd_tls_protocols = >=TLSv1.2`).

## References
- RFC 8996
- RFC 9325 section 3.1.1
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.transport._facts import location, with_tls
from mailproof.model import DomainFacts, Fix, Severity

OLD = ("TLSv1", "TLSv1.1")

RULE = declare(__name__, __doc__, Severity.INFO, because_of=("TLS009",), consequence="tidy")


def check(facts: DomainFacts, report: Reporter) -> None:
    for each, _ in with_tls(facts, report):
        offered = {version.version for version in each.versions if version.offered}
        old = [version for version in OLD if version in offered]
        if old and offered - set(OLD):
            report(
                f"{each.place} still speaks {' and '.join(old)}.",
                location=location(each),
                fix=Fix("Set the lowest TLS version of the server to 1.2", kind="improvement"),
            )
        for version in each.versions:
            if version.version in OLD and version.offered is None:
                report.unknown(f"{version.version} of {each.place}: {version.reason}")
