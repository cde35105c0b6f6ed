"""DKIM: CNAME to a name without a key

## What it checks
Selectors that are CNAMEs. The rule fires where the DNS says that there is no TXT record at the target. For
selectors found only through the list of common ones it is a warning: providers often hand out a second CNAME
whose key they publish only when they rotate keys. A CNAME into a Microsoft 365 tenant without a key there
usually means that DKIM was never enabled for the domain.

## Why it matters
A signature with this selector can't be verified: `dkim=permerror (no key for signature)`. If the target's
domain has lapsed, whoever registers it can sign as your domain.

## How to fix
Compare the target with what the provider asks for, letter by letter; in a zone file, a missing final dot
appends your own domain to it. For Microsoft 365, enable DKIM for the domain in the Defender portal. If you no
longer use the provider, remove the CNAME.

## Example
Before:

    s1._domainkey.acme.example. CNAME s1.keys.esp.example.acme.example. ; which does not exist

After:

    s1._domainkey.acme.example. CNAME s1.keys.esp.example.
    s1.keys.esp.example.        TXT   "v=DKIM1; k=rsa; p=MIIBIjANBgkqhkiG9w0B…IDAQAB"

## References
- RFC 6376 section 3.6.2
- RFC 1034 section 3.6.2
- Microsoft Learn: Set up DKIM to sign mail from your Microsoft 365 domain
"""

from mailproof.checks.base import Reporter, declare, improvement
from mailproof.checks.dkim._facts import NAMED, discovery, has_intended_key, selectors
from mailproof.model import DkimSelectorFacts, DomainFacts, Fix, FixRecord, Location, Severity


@declare(Severity.ERROR, each=selectors, because_of="DNS023")
def check(facts: DomainFacts, each: DkimSelectorFacts, report: Reporter) -> None:
    if each.status != "absent" or not each.target:
        return
    fix = Fix(f"Correct the target, have the provider publish a key at {each.target}, or remove the CNAME")
    if each.meant is not None:
        fix = _final_dot(each, each.meant.name)
    tenants = (p for p in discovery(facts).providers if p.tenant and each.target.endswith(f".{p.tenant}"))
    tenant = next(tenants, None)
    severity = None if each.origin in NAMED else Severity.WARNING
    notes: tuple[str, ...] = ()
    if tenant is not None:
        fix = improvement(f"Enable DKIM for {facts.domain} in {tenant.name}, tenant {tenant.tenant}")
        notes = (f"{tenant.name} publishes keys in the tenant's domain only once DKIM is enabled",)
        if tenant.published and severity is not None:
            severity = Severity.INFO  # this selector gets its key at the next rotation
            notes = (f"{tenant.published[0]} has a key; this selector gets one when the keys rotate",)
            fix = improvement("Leave the CNAME as it is: its key is published when the keys rotate")
    report(
        f"{each.name} is an alias (CNAME) of {each.target}, which has no key.",
        location=Location(each.name, "CNAME", each.lookup.chain[0]),
        evidence=(each.lookup.describe(), " -> ".join((each.name, *each.lookup.chain)), *notes),
        fix=fix,
        severity=severity,
    )


def _final_dot(facts: DkimSelectorFacts, meant: str) -> Fix:
    """A fix to the target without the appended domain, with a record if that is known to lead to a key."""
    summary = f"Write the target as {meant}. with its final dot, so that your own domain is not appended"
    if not has_intended_key(facts) or len(facts.lookup.chain) > 1:
        return Fix(summary)
    old = FixRecord(facts.name, "CNAME", f"{facts.lookup.chain[0]}.", action="remove")
    return Fix(summary, (old, FixRecord(facts.name, "CNAME", f"{meant}.")))
