"""DKIM: key differs from mailproof.toml

## What it checks
The key of each selector in `expect.dkim.selectors` of mailproof.toml: that it is published, that
verifiers can use it, and that an RSA key has at least `min_bits`.

## Why it matters
Mail signed with a selector without a key fails DKIM, and DMARC where SPF doesn't align. A key that is
taken away while mail is on its way fails that mail too.

## How to fix
Publish the key record that the sender names. Where the selector is retired, remove it from mailproof.toml.

## Example
With `expect.dkim.selectors.s1.min_bits = 2048`, before: no record at s1._domainkey.acme.example. After:

    s1._domainkey.acme.example. TXT "v=DKIM1; k=rsa; p=MIIBIjANBg…"

## References
- RFC 6376 section 3.6.2
- RFC 8301 section 3.2
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.expected._facts import wanted
from mailproof.model import DkimKeyExpected, DkimSelectorFacts, DomainFacts, Location, Severity

_STATUS = {
    "absent": "has no key record, and mailproof.toml expects one",
    "revoked": "has a revoked key, and mailproof.toml expects a valid one",
    "invalid": "has a key record that verifiers can't use, and mailproof.toml expects a valid one",
}


@declare(Severity.ERROR, needs="dkim")
def check(facts: DomainFacts, report: Reporter) -> None:
    expected = wanted(facts, lambda each: each.dkim.selectors or None if each.dkim is not None else None)
    known = {key.selector.lower(): key for key in facts.dkim}
    for each in expected:
        found = known.get(each.selector.lower())
        if found is None:
            report.unknown(f"the key of {each.selector} was not looked up")
        elif found.status == "unknown":
            report.unanswered(found.lookup)
        elif problem := _problem(each, found):
            text = found.record.text if found.record is not None else ""
            report(
                f"{found.name} {problem}.",
                location=Location(found.name, "TXT", text),
                evidence=(found.lookup.describe(),) if found.status == "absent" else (),
            )


def _problem(expected: DkimKeyExpected, found: DkimSelectorFacts) -> str:
    if found.status != "valid":
        return _STATUS.get(found.status, f"is {found.status}")
    record, least = found.record, expected.min_bits
    if record is not None and least is not None and record.key_type == "rsa" and record.bits < least:
        return f"has a key of {record.bits} bits, and mailproof.toml expects {least} at least"
    return ""
