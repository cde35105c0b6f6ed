"""MTA-STS: no policy

## What it checks
The TXT record at `_mta-sts.<domain>`, for a domain that takes mail. The rule fires where there is none.

## Why it matters
SMTP servers encrypt only where the receiving server offers it. Someone on the network path can remove the
offer, or present any certificate. With MTA-STS, sending servers insist on TLS; Gmail and Microsoft 365
honour it. DANE does the same for domains with DNSSEC.

## How to fix
1. Serve a policy at `https://mta-sts.<domain>/.well-known/mta-sts.txt`, in mode testing at first.
2. Ask for TLS reports.
3. Publish the record.

## Example
Before:

    acme.example. MX 10 mx1.acme.example.
    mx1.acme.example. A 192.0.2.25

After:

    acme.example. MX 10 mx1.acme.example.
    mx1.acme.example. A 192.0.2.25
    _mta-sts.acme.example. TXT "v=STSv1; id=20261101"

## References
- RFC 8461 section 3
- RFC 3207 section 6
"""

from mailproof.checks.base import NotApplicable, Reporter, declare, improvement
from mailproof.checks.misplaced import is_misplaced
from mailproof.checks.mistaken import is_mistaken
from mailproof.checks.mta_sts._facts import lines_of, mail_hosts, policy_url, sts_of
from mailproof.model import DomainFacts, Location, MtaStsFacts, MxHostFacts, Severity
from mailproof.records.mta_sts import STS
from mailproof.records.mx_host import read_exchange


@declare(Severity.INFO, sts_of, because_of="STS003 STS005 STS021", needs="misplaced mx mx_lookup")
def check(facts: DomainFacts, sts: MtaStsFacts, report: Reporter) -> None:
    broken = is_mistaken(sts.other_txt, STS)
    if not sts.records and (sts.lookup.chain or broken or is_misplaced(facts, "mta_sts")):
        raise NotApplicable("there is a record, but senders can't use it: see the other MTA-STS findings")
    mail_hosts(facts)
    if sts.records:
        return
    hosts = tuple(dict.fromkeys(host.host for host in facts.mx if _can_take_mail(host, facts.domain)))
    serve = f"Serve a policy with these lines at {policy_url(facts.domain)}: {lines_of('testing', hosts)}."
    if not hosts:
        serve = f"Correct the MX records first. Then serve a policy at {policy_url(facts.domain)}."
    report(
        f"{facts.domain} has no MTA-STS record at {sts.lookup.name}, so senders don't insist on TLS.",
        location=Location(sts.lookup.name, "TXT"),
        evidence=(sts.lookup.describe(),),
        fix=improvement(f"{serve} Then publish the TXT record v=STSv1; id=1 at {sts.lookup.name}."),
    )


def _can_take_mail(host: MxHostFacts, domain: str) -> bool:
    """Whether it is a host name that is not known to lack an address."""
    gone = bool(host.lookups) and all(lookup.absent for lookup in host.lookups)
    return host.host != "." and not gone and read_exchange(host.host, domain).kind == "host"
