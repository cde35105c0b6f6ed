"""An MX record names an IP address

## What it checks
Whether an MX record has an IP address where a host name must be, as it is, in brackets, or with the domain
behind it (`192.0.2.1.acme.example`), as zone files make of it.

## Why it matters
The address is taken for a name, which does not exist: mail bounces, and receivers that check the return
path refuse yours.

## How to fix
Give the host a name with an A or AAAA record, and put the name into the MX record.

## References
- RFC 1035 section 3.3.9
- RFC 5321 section 5.1
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.mx._facts import address_in, hosts, mx_location, others_take_mail, replace_mx
from mailproof.model import DomainFacts, Fix, MxHostFacts, Severity

RULE = declare(__name__, __doc__, Severity.ERROR, needs=("health",))


def check(facts: DomainFacts, report: Reporter) -> None:
    for host in hosts(facts):
        address = address_in(facts, host)
        if not address:
            continue
        report(
            f"The MX record of {facts.domain} names the address {address}; it must name a host.",
            location=mx_location(facts, host),
            fix=_fix(facts, host, address),
        )


def _fix(facts: DomainFacts, host: MxHostFacts, address: str) -> Fix:
    """The name that has the address already, if one of the usual is known to; else the owner gives it one."""
    asked = facts.health.asked if facts.health is not None else ()
    rrtype = "AAAA" if ":" in address else "A"
    named = next((each.name for each in asked if each.rrtype == rrtype and address in each.records), "")
    if named and not any(each.chain for each in asked if each.name == named):
        return Fix(f"Name {named}, which has this address", replace_mx(facts, host, named))
    summary = f"Give {address} a host name with an {rrtype} record, and name that in the MX record"
    if others_take_mail(facts, host):
        return Fix(f"{summary}; or remove it: other hosts take the mail", replace_mx(facts, host), "decision")
    return Fix(summary)
