"""DKIM: no key at any selector

## What it checks
`_domainkey.<domain>`. The rule fires where the DNS says that this name does not exist (NXDOMAIN), or where a
wildcard above it answers in its place with something that is not a key: a wildcard answers only for names
that do not exist. By RFC 8020 nothing can exist below it, so there is no key at any selector. Domains that
say that they send no mail are left out.

## Why it matters
Without DKIM, DMARC depends on SPF alone, which fails as soon as a message is forwarded. Gmail, Yahoo and
Microsoft require both of bulk senders.

## How to fix
Switch on DKIM signing at your mail server or provider, and publish the key that it shows. If another domain
of yours signs (`d=` of a subdomain), check that one instead.

## Example
Before:

    _domainkey.acme.example.    TXT ; NXDOMAIN

After:

    s1._domainkey.acme.example. TXT "v=DKIM1; k=rsa; p=MIIBIjANBgkqhkiG9w0B…IDAQAB"

## References
- RFC 8020 section 2
- RFC 4592 section 2.2.1
- RFC 6376 section 3.6.2
- Google: Email sender guidelines
- Microsoft: Outlook requirements for high-volume senders
"""

from mailproof.checks.base import NotApplicable, Reporter, answered, declare, improvement
from mailproof.checks.dkim._facts import discovery
from mailproof.model import DkimDiscovery, DomainFacts, Location, Severity

_WILD = ", and the wildcard that answers there gives no key:"


@declare(Severity.WARNING, discovery, because_of="DKIM001 AUTH012 DKIM025", needs="spf")
def check(facts: DomainFacts, search: DkimDiscovery, report: Reporter) -> None:
    answered(search.domainkey)
    wild = search.synthesized
    own = (each for each in facts.dkim if not (wild and each.records == search.wildcard_records))
    if not search.no_keys or any(each.records or each.target for each in own):
        return
    records = facts.spf.root.records if facts.spf else ()
    if [text.lower().split() for text in records] == [["v=spf1", "-all"]]:
        raise NotApplicable("the domain says that it sends no mail (v=spf1 -all)")
    summary = "Switch on DKIM signing at your mail server or provider, and publish the key that it shows"
    report(
        f"{search.domainkey.name} does not exist{_WILD if wild else ', so'} {facts.domain} "
        "has no DKIM key at any selector.",
        location=Location(search.domainkey.name, "TXT"),
        evidence=(search.domainkey.describe(),),
        fix=improvement(summary),
    )
