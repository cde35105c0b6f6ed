"""A sending host's PTR looks like a dial-up address

## What it checks
Whether the PTR name of a sending address holds the address itself, as providers name their pools, or
words such as dynamic, dhcp or pool.

## Why it matters
Yahoo and many spam filters take such a name for a home connection or a rented machine nobody answers
for.

## How to fix
Have the PTR set to a name in your own domain, such as `mail.example.org`, that points back.

## References
- Yahoo sender best practices: the PTR must not look dynamic
"""

import re

from mailproof.checks.base import Reporter, declare
from mailproof.checks.mx._facts import is_found, sending_hosts
from mailproof.model import DomainFacts, Fix, Location, Severity

RULE = declare(__name__, __doc__, Severity.WARNING, needs=("sending_hosts",), profiles="sending")


_WORDS = re.compile(r"(?:^|[.-])(?:dyn|dynamic|dhcp|pool|ppp|dialup|dsl|adsl|cable)(?=[.\d-])")


def check(facts: DomainFacts, report: Reporter) -> None:
    for host in sending_hosts(facts):
        pointer = host.address.ptr
        if not is_found(pointer, report):
            continue
        names = pointer.records[:5]
        if not all(_generic(name, host.address.address) for name in names):
            continue
        report(
            f"The PTR name {names[0]} of the sending host {host.address.address} looks like a dial-up line.",
            location=Location(pointer.name, "PTR", names[0], 0, len(names[0])),
            fix=Fix("Have the provider of the address set it to a name of your own that points back"),
        )


def _generic(name: str, address: str) -> bool:
    if _WORDS.search(name[:253]):
        return True
    parts = address.split(".")
    if len(parts) != 4:
        return False
    orders = (parts, parts[::-1])
    return any(sign.join(order) in name for order in orders for sign in ("-", ".", "_"))
