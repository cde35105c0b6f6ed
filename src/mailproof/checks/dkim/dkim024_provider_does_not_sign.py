"""DKIM: no key for a mail provider in use

## What it checks
The mail providers that the domain uses, by its MX records, SPF includes and the address of DMARC reports.
Some of them sign with fixed selectors only: `selector1` and `selector2` of Microsoft 365, `fm1` to `fm3` of
Fastmail. The rule fires where the DNS says that there is no record at any of a provider's selectors. Where a
provider lets you choose the selector, nothing is concluded. Where only the MX points to the provider, this is
information.

## Why it matters
Without a key in the domain, the provider doesn't sign with the domain's name (Microsoft 365 signs with its
`onmicrosoft.com` name). That signature doesn't align for DMARC, which then depends on SPF alone: forwarding
breaks it.

## How to fix
Switch on DKIM for the domain at the provider, and publish the records that it shows. If you no longer use the
provider, remove its `include` from the SPF record.

## Example
Before:

    acme.example. TXT "v=spf1 include:spf.protection.outlook.com -all"
    s1._domainkey.acme.example. TXT "v=DKIM1; k=rsa; p=MIIBIjANBgkqhkiG9w0B…IDAQAB" ; and no other key

After:

    acme.example. TXT "v=spf1 include:spf.protection.outlook.com -all"
    selector1._domainkey.acme.example. CNAME selector1-acme-example._domainkey.acme.onmicrosoft.com.
    selector2._domainkey.acme.example. CNAME selector2-acme-example._domainkey.acme.onmicrosoft.com.

## References
- RFC 6376 section 3.6.2
- RFC 9989 section 4.4
- Microsoft Learn: Set up DKIM to sign mail from your Microsoft 365 domain
"""

from mailproof.checks.base import NotApplicable, Reporter, Undetermined, declare, improvement
from mailproof.checks.dkim._facts import discovery
from mailproof.model import DkimDiscovery, DomainFacts, Location, Severity
from mailproof.names import key_name


@declare(Severity.WARNING, discovery)
def check(facts: DomainFacts, search: DkimDiscovery, report: Reporter) -> None:
    fixed = [provider for provider in search.providers if provider.always and provider.selectors]
    if search.no_keys:
        raise NotApplicable(f"{search.domainkey.name} does not exist: there is no key (DKIM003)")
    if not fixed and search.providers_unknown:
        raise Undetermined.of(search.providers_unknown[0])
    if not fixed:
        raise NotApplicable("the domain uses no known provider with fixed selectors")
    if search.skipped:
        raise Undetermined(f"the providers' selectors were not tried: {search.skipped}")
    report.unanswered(*search.providers_unknown)
    for provider in fixed:
        names = ", ".join(key_name(selector, facts.domain) for selector in provider.selectors)
        if provider.published or provider.dangling:  # DKIM011 covers dangling ones
            continue
        if provider.unknown:
            report.unanswered(*(k.lookup for k in facts.dkim if k.selector in provider.unknown))
            continue
        if provider.untried:
            untried = key_name(provider.untried[0], facts.domain)
            report.unknown(f"{untried} was not tried: use --all-selectors")
            continue
        sent = next((sign for sign in provider.why if sign.startswith("SPF ")), "")
        report(
            f"{provider.name} {'may send' if sent else 'takes mail'} for {facts.domain} "
            f"({sent or provider.why[0]}), but there is no DKIM key at {names}.",
            location=Location(names.partition(",")[0], "TXT"),
            evidence=provider.why,
            fix=improvement(
                f"Switch on DKIM for {facts.domain} at {provider.name}, and publish the records that it shows"
            ),
            severity=None if sent else Severity.INFO,
        )
