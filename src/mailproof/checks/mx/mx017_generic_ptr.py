"""Sending host: PTR looks dynamic

## What it checks
The PTR names of each address given as a sending host (`--ip`). The rule fires where they all contain the
address itself, as providers name their pools, or words such as dynamic, dhcp or pool.

## Why it matters
Yahoo and many spam filters take such a name for a home connection, or for a rented machine that no one is
responsible for.

## How to fix
Have the PTR record set to a name in your own domain, such as `mail.acme.example`, that leads back to the
address.

## Example
Before:

    40.2.0.192.in-addr.arpa. PTR 192-0-2-40.static.provider.example.

After:

    40.2.0.192.in-addr.arpa. PTR out.acme.example.
    out.acme.example.        A   192.0.2.40

## References
- Yahoo sender best practices: the PTR must not look dynamic
"""

import re

from mailproof.checks.base import Reporter, declare
from mailproof.checks.mx._facts import is_found, sending_hosts
from mailproof.model import Location, SendingHostFacts, Severity

_WORDS = re.compile(r"(?:^|[.-])(?:dyn|dynamic|dhcp|pool|ppp|dialup|dsl|adsl|cable)(?=[.\d-])")


@declare(Severity.WARNING, each=sending_hosts, needs="sending_hosts", profiles="sending")
def check(host: SendingHostFacts, report: Reporter) -> None:
    pointer = host.address.ptr
    if not is_found(pointer, report):
        return
    names = pointer.records[:5]
    if not all(_generic(name, host.address.address) for name in names):
        return
    report(
        f"The PTR name {names[0]} of the sending host {host.address.address} looks dynamic.",
        location=Location(pointer.name, "PTR", names[0], 0, len(names[0])),
        fix="Ask the provider of the address to set the PTR record to a name of yours that leads back",
    )


def _generic(name: str, address: str) -> bool:
    if _WORDS.search(name[:253]):
        return True
    parts = address.split(".")
    if len(parts) != 4:
        return False
    orders = (parts, parts[::-1])
    return any(sign.join(order) in name for order in orders for sign in ("-", ".", "_"))
