"""SPF: sending host not allowed (fail)

## What it checks
The SPF result for the host that handed the message over and the return path's domain. The rule fires on
`fail`; a forwarded message gets a note.

## Why it matters
`fail` is the domain's own statement that this host is not one of its senders. Many receivers reject the
mail at once (550 5.7.23, 5.7.27).

## How to fix
Add the host's address, or the mail service's include, to the SPF record before `all`. If the message is not
yours, someone else used your domain, and the result is right.

## Example
Before (mail comes from 192.0.2.77):

    acme.example. TXT "v=spf1 ip4:192.0.2.10 -all"

After:

    acme.example. TXT "v=spf1 ip4:192.0.2.10 ip4:192.0.2.77 -all"

## References
- RFC 7208 section 2.6.4
- RFC 7208 section 8.4
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.message._facts import spf_of
from mailproof.checks.message._spf import allow, deciding_term
from mailproof.model import MessageFacts, Severity, SpfVerdict


@declare(Severity.ERROR, spf_of, because_of="SPF040 AUTH009")
def check(facts: MessageFacts, spf: SpfVerdict, report: Reporter) -> None:
    if spf.result != "fail":
        return
    forwarded = "; the message seems to have been forwarded" if facts.forwarded else ""
    explained = (f"explanation of {spf.domain}: {spf.explanation}",) if spf.explanation else ()
    report(
        f"SPF fails: {spf.domain} does not allow {spf.ip} ({spf.reason}){forwarded}.",
        location=deciding_term(facts, spf),
        evidence=(facts.envelope.origin, *explained),
        fix=None if facts.forwarded else allow(spf),
        severity=Severity.INFO if facts.forwarded else Severity.ERROR,
    )
