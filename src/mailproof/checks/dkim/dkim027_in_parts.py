"""DKIM: key split into several TXT records

## What it checks
The TXT records at each selector. The rule fires where two to four of them, put together in some order, make
one readable key, and none of them is a key alone.

## Why it matters
A key of 2048 bits does not fit in one string of 255 characters. It belongs in one TXT record of several
strings, which receivers join. Separate records have no order, and none of them is a key: the signature fails
with `dkim=permerror`.

## How to fix
Publish one TXT record with all strings of the key, and remove the parts. Most DNS panels take the whole value
in one field and split it themselves; in a zone file the strings follow one another, each in quotation marks.

## Example
Before:

    s1._domainkey.acme.example. TXT "v=DKIM1; k=rsa; p=MIIBIjANBgkqhkiG9w0B…"
    s1._domainkey.acme.example. TXT "…IDAQAB"

After:

    s1._domainkey.acme.example. TXT "v=DKIM1; k=rsa; p=MIIBIjANBgkqhkiG9w0B…" "…IDAQAB"

## References
- RFC 6376 section 3.6.2.2
- RFC 1035 section 3.3.14
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.dkim._facts import in_parts, replaced, selectors
from mailproof.model import DkimSelectorFacts, Location, Severity
from mailproof.records.dkim_key import parse_dkim_key


@declare(Severity.ERROR, each=selectors)
def check(each: DkimSelectorFacts, report: Reporter) -> None:
    joined = in_parts(each)
    if joined is None:
        return
    record = parse_dkim_key(joined.text)
    kind = "RSA" if record.key_type == "rsa" else record.key_type
    summary = f"Publish the key as one TXT record, and remove the {len(joined.parts)} parts"
    report(
        f"{len(joined.parts)} TXT records at {each.name} are parts of one {kind} key of "
        f"{record.bits} bits; receivers don't join records.",
        location=Location(each.owner, "TXT", joined.parts[0]),
        evidence=joined.parts,
        fix=replaced(each, summary, joined.parts, joined.text),
    )
