"""A null MX on a domain that sends mail

## What it checks
Whether the domain publishes a null MX (`0 .`) although its SPF record allows hosts to send.

## Why it matters
A null MX says that the domain takes no mail, so nothing can be answered and no bounce returned;
receivers such as Yahoo refuse mail from it.

## How to fix
Publish a real MX, or, for a domain without mail, `v=spf1 -all`.

## References
- RFC 7505 section 4.2
- Yahoo sender FAQ: a null MX is rejected
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.mx._facts import hosts, mx_location, sends_mail
from mailproof.model import DomainFacts, Fix, Severity

RULE = declare(__name__, __doc__, Severity.ERROR, needs=("spf",), profiles="sending")


def check(facts: DomainFacts, report: Reporter) -> None:
    null = [host for host in hosts(facts) if host.host == "."]
    if not null or not sends_mail(facts):
        return
    record = facts.spf.root.record.text if facts.spf and facts.spf.root.record else ""
    report(
        f"{facts.domain} says that it takes no mail (null MX), yet its SPF record allows hosts to send.",
        location=mx_location(facts, null[0]),
        evidence=(record,),
        fix=Fix(
            "Publish an MX record that names a host which takes replies and bounces, in place of the null "
            "MX; or v=spf1 -all, if the domain sends no mail",
            kind="decision",
        ),
    )
