"""A selector is an alias of a name without a key

## What it checks
The rule reports selectors that are CNAMEs to a name where the DNS says that there is no TXT record. For
selectors that only the list of usual ones found, it is a warning: providers often hand out a second alias
whose key they publish only when they change keys.

## Why it matters
A signature with this selector cannot be verified: `dkim=permerror (no key for signature)`. Where the
target's domain has lapsed, whoever registers it can sign in your name.

## How to fix
Compare the target with what the provider asks for, letter by letter; a missing final dot in a zone file
adds your own domain to it. If the provider is no longer used, remove the alias.

## References
- RFC 6376 section 3.6.2
- RFC 1034 section 3.6.2
"""

from __future__ import annotations

from collections.abc import Iterator

from mailproof.checks.base import report
from mailproof.checks.dkim._facts import NAMED, discovery, settle
from mailproof.model import DomainFacts, Finding, Fix, FixRecord, Location, Rule, Severity

RULE = Rule(
    "DKIM011",
    "A selector is an alias of a name without a key",
    Severity.ERROR,
    "dkim",
    (
        "RFC 6376 section 3.6.2",
        "RFC 1034 section 3.6.2",
    ),
)


def check(facts: DomainFacts) -> Iterator[Finding]:
    """Yield a finding for each alias that leads nowhere."""
    discovery(facts)
    for each in facts.dkim:
        if each.status != "absent" or not each.target:
            continue
        records = [FixRecord(each.name, "CNAME", f"{each.lookup.chain[0]}.", action="remove")]
        summary = f"Remove the alias, correct its target, or have the provider publish a key at {each.target}"
        suffix = f".{facts.domain}"
        if each.target.endswith(suffix) and each.target.removesuffix(suffix).count(".") > 1:
            better = each.target.removesuffix(suffix)
            summary = "Write the target with its final dot, so that your own domain is not added to it"
            records.append(FixRecord(each.name, "CNAME", f"{better}."))
        yield report(
            RULE,
            facts.domain,
            f"{each.name} is an alias of {each.target}, where there is no key.",
            location=Location(each.name, "CNAME", each.lookup.chain[0]),
            evidence=(each.lookup.describe(), " -> ".join((each.name, *each.lookup.chain))),
            fix=Fix(summary, tuple(records)),
            severity=None if each.origin in NAMED else Severity.WARNING,
        )
    settle(facts)
