"""A key was entered as several TXT records

## What it checks
The rule reports selectors where two to four TXT records, put together in some order, make one key that can be
read, and none of them is a key alone.

## Why it matters
A key of 2048 bits does not fit into one string of 255 characters. It belongs into one TXT record of several
strings, which receivers join. As records of their own the parts have no order, and each is no key: the
signature fails with `dkim=permerror`.

## How to fix
Publish one TXT record with all strings of the key in it, and remove the parts. Most DNS panels take the
whole value in one field and split it by themselves; a zone file has the strings one after another, each in
quotation marks.

## References
- RFC 6376 section 3.6.2.2
- RFC 1035 section 3.3.14
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.dkim._facts import in_parts, selectors, whose
from mailproof.checks.ownership import is_owned
from mailproof.model import DomainFacts, Fix, FixRecord, Location, Severity
from mailproof.records.dkim_key import parse_dkim_key

RULE = declare(__name__, __doc__, Severity.ERROR)


def check(facts: DomainFacts, report: Reporter) -> None:
    for each in selectors(facts, report):
        joined = in_parts(each)
        if joined is None:
            continue
        owner = each.target or each.name
        record = parse_dkim_key(joined.text)
        kind = "RSA" if record.key_type == "rsa" else record.key_type
        summary = f"Publish the key as one TXT record, and remove the {len(joined.parts)} parts"
        gone = tuple(FixRecord(owner, "TXT", text, action="remove") for text in joined.parts)
        report(
            f"{len(joined.parts)} TXT records at {each.name} are the parts of one {kind} key of "
            f"{record.bits} bits, and no receiver joins records.",
            location=Location(owner, "TXT", joined.parts[0]),
            evidence=joined.parts,
            fix=Fix(summary, (*gone, FixRecord(owner, "TXT", joined.text)))
            if is_owned(facts.domain, owner)
            else Fix(summary + whose(each)),
        )
