"""SPF: no pass (softfail, neutral or none)

## What it checks
The SPF result of the return path's domain, or of the HELO name where the return path is null. The rule
fires on `softfail`, `neutral` and `none`.

## Why it matters
None of these proves anything: DMARC counts only `pass`. Gmail and Yahoo require SPF or DKIM, and both from
bulk senders (5.7.26, 5.7.27).

## How to fix
Publish an SPF record for the return path's domain that lists the sending host.

## Example
Before (mail comes from 192.0.2.77):

    acme.example. TXT "v=spf1 ip4:192.0.2.10 ~all"

After:

    acme.example. TXT "v=spf1 ip4:192.0.2.10 ip4:192.0.2.77 ~all"

## References
- RFC 7208 section 2.6
- https://support.google.com/mail/answer/81126
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.message._facts import spf_of
from mailproof.checks.message._spf import allow, deciding_term
from mailproof.model import MessageFacts, Severity, SpfVerdict


@declare(Severity.WARNING, spf_of, because_of="SPF036 SPF019 SPF001 SPF040")
def check(facts: MessageFacts, spf: SpfVerdict, report: Reporter) -> None:
    if spf.result not in ("softfail", "neutral", "none"):
        return
    identity = "the HELO name" if spf.scope == "helo" else "the return path's domain"
    worse = facts.dmarc is not None and facts.dmarc.result == "fail" and not facts.forwarded
    report(
        f"SPF of {spf.domain or 'an empty name'} ({identity}) is {spf.result} for {spf.ip}: {spf.reason}.",
        location=deciding_term(facts, spf),
        evidence=(facts.envelope.origin,),
        fix=allow(spf) if spf.domain and not facts.forwarded else None,
        severity=Severity.ERROR if worse and related(facts) else None,
    )


def related(facts: MessageFacts) -> bool:
    """Whether an SPF pass would have sufficed for DMARC: both domains belong to one organization."""
    dmarc = facts.dmarc
    return dmarc is not None and dmarc.spf_organizational_domain == dmarc.organizational_domain != ""
