"""DKIM: CNAME target entered as a TXT record

## What it checks
Selectors whose only TXT record is a host name, such as `s1.domainkey.u123.esp.example`: what providers that
host the key themselves show as the target of a CNAME.

## Why it matters
A receiver reads the host name as the key: the signature fails with `dkim=permerror`. Only a CNAME leads to
the provider's key.

## How to fix
Remove the TXT record, and publish a CNAME with this target at the same name, with a final dot where the DNS
panel asks for one.

## Example
Before:

    s1._domainkey.acme.example. TXT   "s1.domainkey.u123.esp.example"

After:

    s1._domainkey.acme.example. CNAME s1.domainkey.u123.esp.example.

## References
- RFC 6376 section 3.6.2
- RFC 1034 section 3.6.2
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.dkim._facts import has_intended_key, is_of_wildcard, selectors
from mailproof.model import DkimSelectorFacts, DomainFacts, Fix, FixRecord, Location, Severity
from mailproof.records.dkim_repair import alias_in_txt


@declare(Severity.ERROR, each=selectors)
def check(facts: DomainFacts, each: DkimSelectorFacts, report: Reporter) -> None:
    target = alias_in_txt(each)
    if not target or is_of_wildcard(facts, each):
        return
    known = has_intended_key(each)
    what = "which has a key" if known else "which looks like the target of a CNAME"
    records = (
        FixRecord(each.name, "TXT", each.records[0], action="remove"),
        FixRecord(each.name, "CNAME", f"{target}."),
    )
    report(
        f"The TXT record at {each.name} is only the name {target}, {what}: publish it as a CNAME.",
        location=Location(each.name, "TXT", each.records[0]),
        evidence=(each.lookup.describe(), *((each.meant.describe(),) if each.meant else ())),
        fix=Fix(f"Replace the TXT record with a CNAME to {target}", records if known else ()),
    )
