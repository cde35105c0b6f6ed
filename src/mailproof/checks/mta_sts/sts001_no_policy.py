"""No MTA-STS policy is published

## What it checks
Whether a domain that takes mail announces an MTA-STS policy at `_mta-sts.<domain>`.

## Why it matters
SMTP servers encrypt only where the other side offers it, so that someone on the way can take the offer
out, or present any certificate. MTA-STS tells senders to insist. Gmail and Microsoft 365 honour it.
DANE does the same for domains under DNSSEC.

## How to fix
Serve a policy at `https://mta-sts.<domain>/.well-known/mta-sts.txt`, in mode testing at first, ask for
TLS reports, and then publish the record.

## References
- RFC 8461 section 3
- RFC 3207 section 6
"""

from mailproof.checks.base import NotApplicable, Reporter, declare
from mailproof.checks.misplaced import is_misplaced
from mailproof.checks.mistaken import is_mistaken
from mailproof.checks.mta_sts._facts import lines_for, mail_hosts, policy_url, sts_of
from mailproof.model import DomainFacts, Fix, Location, Severity
from mailproof.records.mta_sts import STS

RULE = declare(
    __name__,
    __doc__,
    Severity.INFO,
    because_of=("STS003", "STS005", "STS021"),
    needs=("misplaced", "mx", "mx_lookup"),
)


def check(facts: DomainFacts, report: Reporter) -> None:
    sts = sts_of(facts)
    broken = is_mistaken(sts.other_txt, STS)
    if not sts.records and (sts.lookup.chain or broken or is_misplaced(facts, "mta_sts")):
        raise NotApplicable("there is a record, but senders cannot use it: another rule says why")
    hosts = mail_hosts(facts)
    if sts.records:
        return
    lines = "; ".join(("version: STSv1", "mode: testing", *lines_for(hosts[:10]), "max_age: 604800"))
    report(
        f"There is no record at {sts.lookup.name}: senders do not insist on TLS when they deliver to you.",
        location=Location(sts.lookup.name, "TXT"),
        evidence=(sts.lookup.describe(),),
        fix=Fix(
            f"Serve these lines at {policy_url(sts)}: {lines}. "
            f"Then publish the TXT record v=STSv1; id=1 at {sts.lookup.name}.",
            kind="improvement",
        ),
    )
