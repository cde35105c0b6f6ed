"""The mail domain is an alias (CNAME)

## What it checks
Whether the domain itself is a CNAME.

## Why it matters
All records come from the target: MX and SPF are the target owner's, and records of your own beside the
CNAME are not seen. `_dmarc` and `_domainkey` do not follow the alias.

## How to fix
Replace the CNAME by address records (or the provider's ALIAS), and publish MX and TXT of your own.

## References
- RFC 1034 section 3.6.2
- RFC 5321 section 2.3.5
- RFC 1912 section 2.4
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.domain._facts import soa_of
from mailproof.model import DomainFacts, Fix, Location, Severity

RULE = declare(__name__, __doc__, Severity.WARNING, because_of=("DNS022",), needs=("mx_lookup",))


def check(facts: DomainFacts, report: Reporter) -> None:
    soa_of(facts)
    aliased = (facts.soa, facts.ns, facts.mx_lookup)
    chain = next((lookup.chain for lookup in aliased if lookup is not None and lookup.chain), ())
    if not chain:
        return
    report(
        f"{facts.domain} is an alias of {chain[-1]}, so its mail records are those of {chain[-1]}.",
        location=Location(facts.domain, "CNAME", chain[0]),
        evidence=(" -> ".join((facts.domain, *chain)),),
        fix=Fix(
            f"Replace the alias by the address records of {chain[-1]} and by MX and TXT records of your own",
            kind="decision",
        ),
    )
