"""SPF fails: the host may not send for the return path

## What it checks
The host that handed the message over is allowed by the SPF record of the return path's domain.

## Why it matters
`fail` is the domain's own word that this host is not one of its senders; many receivers refuse at once
(550 5.7.23, 5.7.27).

## How to fix
Add the host's address, or the mail service's include, to the SPF record before `all`. Where the message
is not yours, somebody else used your domain, and the result is right.

## References
- RFC 7208 section 2.6.4
- RFC 7208 section 8.4
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.message._facts import record_at, spf_of
from mailproof.checks.message._spf import allow, in_record
from mailproof.model import MessageFacts, Severity

RULE = declare(__name__, __doc__, Severity.ERROR, because_of=("SPF040", "AUTH009"))


def check(facts: MessageFacts, report: Reporter) -> None:
    """A finding where SPF fails; an info where forwarding explains it."""
    spf = spf_of(facts)
    if spf.result != "fail":
        return
    record = record_at(facts, spf.domain, "v=spf1")
    forwarded = " (the message was forwarded)" if facts.forwarded else ""
    explained = (f"explanation of {spf.domain}: {spf.explanation}",) if spf.explanation else ()
    report(
        f"SPF of {spf.domain} says that {spf.ip} may not send for it: {spf.reason}{forwarded}.",
        location=in_record(spf, record),
        evidence=(facts.envelope.origin, *explained),
        fix=None if facts.forwarded else allow(spf),
        severity=Severity.INFO if facts.forwarded else Severity.ERROR,
    )
