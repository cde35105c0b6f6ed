"""A selector is an alias of a name without a key

## What it checks
The rule reports selectors that are CNAMEs to a name where the DNS says that there is no TXT record. For
selectors that only the list of usual ones found, it is a warning: providers often hand out a second alias
whose key they publish only when they change keys. An alias into a Microsoft 365 tenant without a key there
mostly means that DKIM was never enabled for the domain.

## Why it matters
A signature with this selector cannot be verified: `dkim=permerror (no key for signature)`. Where the
target's domain has lapsed, whoever registers it can sign in your name.

## How to fix
Compare the target with what the provider asks for, letter by letter; a missing final dot in a zone file
adds your own domain to it. For Microsoft 365, enable DKIM for the domain in the Defender portal. If the
provider is no longer used, remove the alias.

## References
- RFC 6376 section 3.6.2
- RFC 1034 section 3.6.2
- Microsoft Learn: Set up DKIM to sign mail from your Microsoft 365 domain
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.dkim._facts import NAMED, discovery, meant_key, selectors
from mailproof.model import DkimSelectorFacts, DomainFacts, Fix, FixRecord, Location, Severity

RULE = declare(__name__, __doc__, Severity.ERROR, because_of=("DNS023",))


def check(facts: DomainFacts, report: Reporter) -> None:
    providers = discovery(facts).providers
    for each in selectors(facts, report):
        if each.status != "absent" or not each.target:
            continue
        fix = Fix(
            f"Correct the target, have the provider publish a key at {each.target}, or remove the alias"
        )
        if each.meant is not None:
            fix = _final_dot(each, each.meant.name)
        tenant = next((p for p in providers if p.tenant and each.target.endswith(f".{p.tenant}")), None)
        severity = None if each.origin in NAMED else Severity.WARNING
        told: tuple[str, ...] = ()
        if tenant is not None:
            fix = Fix(
                f"Enable DKIM for {facts.domain} in {tenant.name}, tenant {tenant.tenant}", kind="improvement"
            )
            told = (f"{tenant.name} publishes keys in its tenant's domain only once DKIM is enabled",)
            if tenant.published and severity is not None:
                severity = Severity.INFO  # the other one signs; this one's key comes with the next rotation
                told = (f"the key of {tenant.published[0]} is there; this one comes when the keys rotate",)
                fix = Fix(
                    "Leave the alias as it is: its key is published when the keys are rotated",
                    kind="improvement",
                )
        report(
            f"{each.name} is an alias of {each.target}, where there is no key.",
            location=Location(each.name, "CNAME", each.lookup.chain[0]),
            evidence=(each.lookup.describe(), " -> ".join((each.name, *each.lookup.chain)), *told),
            fix=fix,
            severity=severity,
        )


def _final_dot(facts: DkimSelectorFacts, meant: str) -> Fix:
    """The target without the domain at its end. The record is given where a key is known to be there."""
    summary = f"Write the target as {meant}. with its final dot, so that your own domain is not added to it"
    if not meant_key(facts) or len(facts.lookup.chain) > 1:
        return Fix(summary)
    old = FixRecord(facts.name, "CNAME", f"{facts.lookup.chain[0]}.", action="remove")
    return Fix(summary, (old, FixRecord(facts.name, "CNAME", f"{meant}.")))
