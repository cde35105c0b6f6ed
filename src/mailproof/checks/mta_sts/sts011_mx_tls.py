"""An MX host does not meet the MTA-STS policy

## What it checks
Each MX host that was connected to: it must offer STARTTLS and present a certificate of a public
authority, in date, for its own name.

## Why it matters
In mode enforce, senders do not deliver to a host whose certificate fails. In mode testing they deliver
and report it.

## How to fix
Install a certificate for the host's MX name with its intermediates, or set the policy to testing until it
is there.

## References
- RFC 8461 section 4.2
"""

from mailproof.checks.base import Reporter, Undetermined, declare
from mailproof.checks.mta_sts._facts import applied, severity_of
from mailproof.checks.transport._facts import talked
from mailproof.model import DomainFacts, Fix, Location, MxConnectionFacts, Severity

RULE = declare(
    __name__,
    __doc__,
    Severity.ERROR,
    because_of=("TLS006", "TLS007", "TLS009", "TLS011", "TLS012", "TLS014"),
    consequence="lost",
    needs=("mx", "mx_lookup", "transport"),
)


def check(facts: DomainFacts, report: Reporter) -> None:
    _, policy = applied(facts)
    for failure in facts.failures:
        if failure.collector == "transport":
            raise Undetermined(failure.reason)
    for each in talked(facts, report):
        if fault := _fault(each):
            report(
                f"{each.place} does not meet the MTA-STS policy: {fault}.",
                location=Location(each.host, "A"),
                evidence=(f"mode: {policy.mode}",),
                fix=Fix(
                    f"Let {each.host} offer STARTTLS with a certificate of a public authority for its name."
                ),
                severity=severity_of(policy),
            )


def _fault(each: MxConnectionFacts) -> str:
    """Why a sender that keeps to the policy would not deliver; "" where it would."""
    if each.starttls is False:
        return "it does not offer STARTTLS"
    if each.tls is None:
        return each.starttls_problem
    if each.tls.verified is False:
        return each.tls.problem or "its certificate does not verify"
    return ""
