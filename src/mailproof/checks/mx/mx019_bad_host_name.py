"""An MX host's name is not a legal host name

## What it checks
Whether each MX host is made of letters, digits and hyphens, and has more than one label.

## Why it matters
Strict senders refuse a name with an underscore or another character, and no certificate authority
certifies it.

## How to fix
Give the host a legal name.

## References
- RFC 1123 section 2.1
- RFC 5321 section 2.3.5
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from mailproof.checks.base import report
from mailproof.checks.mx._facts import hosts_with_names, mx_location, replace_mx
from mailproof.model import DomainFacts, Finding, Fix, Rule, Severity

RULE = Rule(
    "MX019",
    "An MX host's name is not a legal host name",
    Severity.WARNING,
    "mx",
    (
        "RFC 1123 section 2.1",
        "RFC 5321 section 2.3.5",
    ),
)


_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\Z")


def check(facts: DomainFacts) -> Iterator[Finding]:
    """Yield a finding for each name that is not legal."""
    for host in hosts_with_names(facts):
        labels = host.host.split(".")
        legal = len(labels) > 1 and all(_LABEL.match(label) for label in labels)
        if legal:
            continue
        why = "has one label only" if len(labels) == 1 else "has a character that host names may not have"
        target = host.host.replace("_", "-") if "_" in host.host else ""
        yield report(
            RULE,
            facts.domain,
            f"The MX host {host.host!r} {why}.",
            location=mx_location(facts, host),
            fix=Fix("Give the host a legal name.", replace_mx(facts, host, target)) if target else None,
        )
