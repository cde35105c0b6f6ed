"""The domain has no DKIM key at all

## What it checks
The rule reports a domain where the DNS says of `_domainkey.<domain>` itself that the name does not exist
(NXDOMAIN), or where a wildcard above it answers in its place with what is no key: a wildcard answers only
for names that do not exist. By RFC 8020 nothing can exist below it, so there is no key at any selector.
Domains that say that they send no mail are left out.

## Why it matters
Without DKIM, DMARC rests on SPF alone, which fails as soon as a message is forwarded. Gmail, Yahoo and
Microsoft demand both of bulk senders.

## How to fix
Switch DKIM signing on at your mail server or provider, and publish the key that it shows. Where another
domain of yours signs (`d=` of a subdomain), check that one instead.

## References
- RFC 8020 section 2
- RFC 4592 section 2.2.1
- RFC 6376 section 3.6.2
- Google: Email sender guidelines
- Microsoft: Outlook requirements for high-volume senders
"""

from mailproof.checks.base import NotApplicable, Reporter, Undetermined, declare
from mailproof.checks.dkim._facts import discovery
from mailproof.model import DomainFacts, Fix, Location, Severity

RULE = declare(
    __name__, __doc__, Severity.WARNING, because_of=("DKIM001", "AUTH012", "DKIM025"), needs=("spf",)
)


_WILD = ", and what a wildcard answers there is no key:"


def check(facts: DomainFacts, report: Reporter) -> None:
    """A finding where _domainkey does not exist, nor any key."""
    search = discovery(facts)
    if search.domainkey.undetermined:
        raise Undetermined.of(search.domainkey)
    wild = search.synthesized
    own = (each for each in facts.dkim if not (wild and each.records == search.wildcard_records))
    if not search.no_keys or any(each.records or each.target for each in own):
        return
    if _sends_no_mail(facts):
        raise NotApplicable("the domain says that it sends no mail (v=spf1 -all)")
    report(
        f"{search.domainkey.name} does not exist{_WILD if wild else ', so'} {facts.domain} "
        "has no DKIM key at any selector.",
        location=Location(search.domainkey.name, "TXT"),
        evidence=(search.domainkey.describe(),),
        fix=Fix(
            "Switch DKIM signing on at your mail server or provider, and publish the key that it shows",
            kind="improvement",
        ),
    )


def _sends_no_mail(facts: DomainFacts) -> bool:
    records = facts.spf.root.records if facts.spf else ()
    return len(records) == 1 and records[0].lower().split() == ["v=spf1", "-all"]
