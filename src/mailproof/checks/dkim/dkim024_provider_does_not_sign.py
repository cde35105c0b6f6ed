"""A provider that sends for the domain has no key in it

## What it checks
MX records, SPF includes and the address of DMARC reports tell which mail providers a domain uses. Some of
them sign with fixed selectors only: `selector1` and `selector2` of Microsoft 365, `fm1` to `fm3` of Fastmail.
The rule reports such a provider where the DNS says that there is no record at any of its selectors. Where a
provider lets the selector be chosen, nothing is concluded. Where only the MX tells of it, it is a hint.

## Why it matters
Without a key in the domain, the provider does not sign with the domain's name (Microsoft 365 signs with its
`onmicrosoft.com` name). That does not align for DMARC, which then rests on SPF alone: forwarding breaks it.

## How to fix
Switch DKIM on for the domain at the provider, and publish the records that it shows. If the provider is no
longer used, take its include out of the SPF record.

## References
- RFC 6376 section 3.6.2
- RFC 9989 section 4.4
- Microsoft Learn: Set up DKIM to sign mail from your Microsoft 365 domain
"""

from mailproof.checks.base import NotApplicable, Reporter, Undetermined, declare
from mailproof.checks.dkim._facts import discovery
from mailproof.model import DomainFacts, Fix, Location, Severity

RULE = declare(__name__, __doc__, Severity.WARNING)


def check(facts: DomainFacts, report: Reporter) -> None:
    search = discovery(facts)
    fixed = [provider for provider in search.providers if provider.always and provider.selectors]
    if search.no_keys:
        raise NotApplicable(f"{search.domainkey.name} does not exist: there is no key (DKIM003)")
    if not fixed and search.providers_unknown:
        raise Undetermined.of(search.providers_unknown[0])
    if not fixed:
        raise NotApplicable("no provider with selectors of its own is known of the domain")
    if search.skipped:
        raise Undetermined(f"the providers' selectors were not tried: {search.skipped}")
    report.unanswered(*search.providers_unknown)
    for provider in fixed:
        names = ", ".join(f"{selector}._domainkey.{facts.domain}" for selector in provider.selectors)
        if provider.published or provider.dangling:  # a dangling one is DKIM011's
            continue
        if provider.unknown:
            report.unanswered(*(k.lookup for k in facts.dkim if k.selector in provider.unknown))
            continue
        if provider.untried:
            selector = provider.untried[0]
            report.unknown(f"{selector}._domainkey.{facts.domain} was not tried: see --all-selectors")
            continue
        sent = next((sign for sign in provider.why if sign.startswith("SPF ")), "")
        report(
            f"{provider.name} {'may send' if sent else 'takes mail'} for {facts.domain} "
            f"({sent or provider.why[0]}), and there is no DKIM key at {names}.",
            location=Location(names.partition(",")[0], "TXT"),
            evidence=provider.why,
            fix=Fix(
                f"Switch DKIM on for {facts.domain} at {provider.name}, "
                "and publish the records that it shows",
                kind="improvement",
            ),
            severity=None if sent else Severity.INFO,
        )
