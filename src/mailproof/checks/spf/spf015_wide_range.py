"""SPF: address range too wide

## What it checks
The prefix lengths in `ip4`, `ip6`, `a` and `mx` terms that allow or are neutral. The rule fires on more than
65,536 IPv4 addresses (wider than /16) or more than an IPv6 provider's whole allocation (wider than /32). A
prefix length of 0 is an error: it allows everyone.

## Why it matters
Every host in the range may send for the domain, and most of them are very likely not yours. A wide range is
often a typo in the prefix length. Receivers that rate records count it against the domain (Gmail's 4.7.24).

## How to fix
List the hosts that send, or the range that is yours.

## Example
Before:

    acme.example. TXT "v=spf1 ip4:192.0.2.0/6 -all"

After:

    acme.example. TXT "v=spf1 ip4:192.0.2.0/26 -all"

## References
- RFC 7208 section 5.6
- RFC 7208 section 11.4
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.spf._facts import at, own_records
from mailproof.model import DomainFacts, Fix, Severity, SpfTerm

RULE = declare(__name__, __doc__, Severity.WARNING, consequence="forged")
_WIDEST4, _WIDEST6 = 16, 32


def check(facts: DomainFacts, report: Reporter) -> None:
    for node, record in own_records(facts, report):
        for term in record.terms:
            prefix, bits = _widest(term)
            if prefix is None or term.qualifier not in "+?":
                continue
            what = f"every IPv{4 if bits == 32 else 6} host" if not prefix else f"2^{bits - prefix} addresses"
            report(
                f"{term.text} in the SPF record of {node.domain} allows {what}.",
                location=at(node, term),
                fix=Fix(f"List the sending hosts, or your own range, instead of /{prefix}", kind="decision"),
                severity=Severity.ERROR if not prefix else None,
            )


def _widest(term: SpfTerm) -> tuple[int | None, int]:
    """The prefix length that is too short, and the bits of its family."""
    if term.kind == "mechanism":
        if term.prefix4 is not None and term.prefix4 < _WIDEST4:
            return term.prefix4, 32
        if term.prefix6 is not None and term.prefix6 < _WIDEST6:
            return term.prefix6, 128
    return None, 0
