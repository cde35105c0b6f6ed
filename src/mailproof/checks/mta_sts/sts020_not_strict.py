"""The MTA-STS policy host's certificate does not pass strict verification

## What it checks
Whether the chain of `mta-sts.<domain>`, which verifies, would do so by OpenSSL's strict rules too
(`X509_STRICT`): key identifiers, basic constraints and key usage of authorities, names that are not empty.

## Why it matters
Senders fetch the policy over HTTPS. One whose fetcher is strict cannot, and goes on without the policy;
those written in Python are since Python 3.13. It is found with a few public roots.

## How to fix
Take a chain that ends at another root, or a certificate of another authority.

## References
- RFC 5280 section 4.2
- https://docs.python.org/3/library/ssl.html#ssl.create_default_context
"""

from mailproof.checks._strict import not_strict
from mailproof.checks.base import NotApplicable, Reporter, Undetermined, declare
from mailproof.checks.mta_sts._facts import fetch_of, policy_url
from mailproof.model import DomainFacts, Location, Severity

RULE = declare(__name__, __doc__, Severity.INFO)


def check(facts: DomainFacts, report: Reporter) -> None:
    sts, fetched = fetch_of(facts)
    if fetched.kind == "certificate" or not fetched.chain:
        raise NotApplicable("the policy host showed no certificate that verifies")
    if fetched.strict_faults is None:
        raise Undetermined(f"the chain of mta-sts.{facts.domain} cannot be read")
    if fetched.strict_faults:
        place = f"mta-sts.{facts.domain}"
        where = Location(policy_url(sts), "HTTPS")
        not_strict(report, place, fetched.strict_faults, where)
