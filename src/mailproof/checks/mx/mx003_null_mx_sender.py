"""MX: null MX on a domain that sends mail

## What it checks
The MX and SPF records and the DKIM keys of the domain. The rule fires where there is a null MX (`0 .`), and
the SPF record names hosts that send or there is a key.

## Why it matters
A null MX says that the domain takes no mail, so it can receive neither replies nor bounces. Receivers such as
Yahoo reject mail from it.

## How to fix
Publish a real MX or, for a domain without mail, `v=spf1 -all`.

## Example
Before:

    acme.example. MX  0 .
    acme.example. TXT "v=spf1 ip4:192.0.2.0/24 -all"

After:

    acme.example. MX  0 .
    acme.example. TXT "v=spf1 -all"

## References
- RFC 7505 section 4.2
- Yahoo sender FAQ: a null MX is rejected
"""

from mailproof.checks.base import Reporter, decision, declare
from mailproof.checks.mx._facts import hosts, mx_location, sends_mail
from mailproof.model import DomainFacts, Severity


@declare(Severity.ERROR, because_of="MX004", needs="spf dkim", profiles="sending")
def check(facts: DomainFacts, report: Reporter) -> None:
    null = [host for host in hosts(facts) if host.host == "."]
    if not null:
        return
    record = facts.spf.root.record if facts.spf else None
    if sends_mail(facts):
        why = "its SPF record allows hosts to send"
    elif record is not None and record.names_someone:
        why = "its SPF record names senders"
    elif any(key.status == "valid" for key in facts.dkim):
        why = "it has a DKIM key to sign mail with"
    else:
        return
    report(
        f"{facts.domain} has a null MX (takes no mail), but {why}.",
        location=mx_location(facts, null[0]),
        evidence=(record.text,) if record is not None else (),
        fix=decision(
            "Replace the null MX with an MX record for a host that takes replies and bounces; or publish "
            "v=spf1 -all if the domain sends no mail"
        ),
    )
