"""MX: host is an alias (CNAME)

## What it checks
The MX hosts. The rule fires where one is a CNAME.

## Why it matters
The standards forbid it. Most senders cope, some refuse. Certificates, MTA-STS and DANE are checked against a
name other than the one you meant.

## How to fix
Name the CNAME's target in the MX record. If the target belongs to a provider, use the name that the provider
gives for the MX record.

## Example
Before:

    acme.example.      MX    10 mail.acme.example.
    mail.acme.example. CNAME mx1.provider.example.

After:

    acme.example. MX 10 mx1.provider.example.

## References
- RFC 2181 section 10.3
- RFC 5321 section 5.1
"""

from mailproof.checks.base import Reporter, decision, declare
from mailproof.checks.mx._facts import hosts_with_names, mx_location, replace_mx
from mailproof.checks.ownership import is_owned
from mailproof.model import DomainFacts, Fix, MxHostFacts, Severity
from mailproof.records.misplaced import undoubled


@declare(Severity.WARNING, each=hosts_with_names, because_of="MX005")
def check(facts: DomainFacts, host: MxHostFacts, report: Reporter) -> None:
    if not host.cname:
        return
    report(
        f"The MX host {host.host} is an alias (CNAME) of {host.cname[-1]}.",
        location=mx_location(facts, host),
        evidence=(" -> ".join((host.host, *host.cname)),),
        fix=_fix(facts, host),
    )


def _fix(facts: DomainFacts, host: MxHostFacts) -> Fix:
    """A target within the domain can be named directly; one of another owner may change without notice."""
    target = undoubled(host.cname[-1], facts.domain) or host.cname[-1]
    if not is_owned(facts.domain, target):
        return decision(f"Ask the owner of {target} which host name belongs in the MX record")
    if target == host.cname[-1] and not host.addresses:
        return decision(f"Publish the address of {target}, and name it in the MX record")
    return replace_mx(facts, host, target, f"Name {target} in the MX record", "improvement")
