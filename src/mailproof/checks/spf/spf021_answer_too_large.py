"""SPF: TXT answer over 512 octets

## What it checks
The size of the whole answer to a TXT query for the domain: SPF and every other TXT record together. The rule
fires above 512 octets.

## Why it matters
An answer over 512 octets does not fit in plain UDP, and one over 1,232 does not fit in the usual UDP with
EDNS. Receivers behind firewalls that drop DNS over TCP then can't read the SPF record, however short it is.
Up to 1,232 octets this is information, not a fault.

## How to fix
Remove verification records you no longer need, or publish them at names of their own where the service allows
it.

## Example
Before:

    acme.example. TXT "v=spf1 ip4:192.0.2.10 -all"
    acme.example. TXT "service-0-verification=0123456789abcdef0123456789abcdef…" ; and five more like it

After:

    acme.example. TXT "v=spf1 ip4:192.0.2.10 -all"

## References
- RFC 7208 section 3.4
- RFC 1035 section 4.2.1
- DNS flag day 2020
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.spf._facts import record_of
from mailproof.checks.spf.spf020_record_too_long import EDNS
from mailproof.model import Location, Lookup, Severity, SpfNode, SpfRecord
from mailproof.printable import counted

_PLAIN_UDP = 512


@declare(Severity.WARNING, record_of, because_of="SPF020", consequence="tidy")
def check(found: tuple[SpfNode, SpfRecord], report: Reporter) -> None:
    root, _ = found
    if root.lookup is None:
        return
    size = answer_size(root.lookup)
    if size <= _PLAIN_UDP:
        return
    texts = sorted(root.lookup.records, key=len, reverse=True)
    report(
        f"The answer for TXT {root.domain} ({counted(len(texts), 'record')}) has about {size} octets; "
        f"{_PLAIN_UDP} fit in plain UDP.",
        location=Location(root.domain, "TXT"),
        evidence=tuple(f"{len(text)} octets: {text[:70]}" for text in texts[:20]),
        fix="Find out which TXT records are no longer needed, and remove them",
        severity=Severity.INFO if size <= EDNS else None,
    )


def answer_size(lookup: Lookup) -> int:
    """The approximate size of the response in octets: names compressed (RFC 1035 section 4.1), no EDNS."""
    header, question = 12, len(lookup.name) + 2 + 4
    sizes = (len(text.encode("utf-8", "surrogateescape")) for text in lookup.records)
    return header + question + sum(12 + size + max(-(-size // 255), 1) for size in sizes)
