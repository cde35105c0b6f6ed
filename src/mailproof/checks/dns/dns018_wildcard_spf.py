"""Every name below the domain has an SPF record

## What it checks
Whether a name that nobody publishes answers with an SPF record, because of a wildcard (`*`) TXT record.

## Why it matters
Anyone whom the record allows can send with a passing SPF from any invented subdomain; and other TXT
lookups (DMARC of subdomains, verification) get a stray record. `v=spf1 -all` there does no harm to that
end.

## How to fix
Remove the wildcard: invented subdomains are covered by the sp= of DMARC. Or let it say `v=spf1 -all`.
Subdomains that send by what it says need an SPF record of their own first. (A wildcard does not cover names
that exist, nor what is below them.)

## References
- RFC 7208 section 3.5
- RFC 4592 section 2.2.2
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.dns._facts import wildcard
from mailproof.model import DomainFacts, Fix, FixRecord, Location, Severity

RULE = declare(__name__, __doc__, Severity.WARNING, needs=("health",))


def check(facts: DomainFacts, report: Reporter) -> None:
    lookup = wildcard(facts, "TXT")
    for text in lookup.records if not lookup.chain else ():
        terms = text.lower().split()
        if not terms or terms[0] != "v=spf1":
            continue
        closed = terms == ["v=spf1", "-all"]
        name = f"*.{facts.domain}"
        report(
            f"{name} publishes an SPF record for every name below {facts.domain} that has none of its own"
            f"{', which allows nobody to send' if closed else ''}.",
            location=Location(name, "TXT", text),
            evidence=(f"TXT {lookup.name}: {text}",),
            fix=None
            if closed
            else Fix(
                "Remove the wildcard record, once each subdomain that sends has an SPF record of its own",
                (FixRecord(name, "TXT", text, action="remove"),),
                "decision",
            ),
            severity=Severity.INFO if closed else Severity.WARNING,
        )
