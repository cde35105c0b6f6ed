"""Forwarding: authentication broken

## What it checks
Messages that were forwarded or came over a list. The rule fires where SPF no longer proves the From domain:
an error where DMARC fails, a warning or a note where a signature survived.

## Why it matters
A forwarder's address is not in the sender's SPF record, so SPF fails with every plain forward. Only an
intact DKIM signature of the From domain keeps DMARC passing; without one, receivers reject the mail (550
5.7.26, 5.7.515).

## How to fix
Sender: sign with DKIM for the From domain. Forwarder: leave the body and the signed fields alone, rewrite
the return path (SRS) and seal with ARC. Mailing lists: rewrite From. Behind a gateway of the recipient's own,
let the server check SPF for the client of the gateway (Exchange Online: enhanced filtering for connectors).

## Example
Before (forwarded by alumni.list.test, not signed):

    Authentication-Results: mx.rcpt.test; spf=fail smtp.mailfrom=alice@acme.example;
     dmarc=fail header.from=acme.example

After (signed, and delivered directly):

    Authentication-Results: mx.rcpt.test; spf=pass smtp.mailfrom=alice@acme.example;
     dkim=pass header.d=acme.example; dmarc=pass header.from=acme.example

## References
- RFC 7960 section 2
- RFC 8617
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.message._facts import dmarc_of, signature_place, spf_of
from mailproof.model import DmarcVerdict, MessageFacts, Severity


@declare(Severity.ERROR, dmarc_of, because_of="AUTH007 AUTH008 AUTH002 AUTH003 AUTH004 AUTH005 AUTH006")
def check(facts: MessageFacts, dmarc: DmarcVerdict, report: Reporter) -> None:
    if not facts.forwarded or dmarc.spf_aligned:
        return
    spf = spf_of(facts)
    passed_on = (
        f"SPF now checks the forwarder (pass for {spf.domain} from {spf.ip})"
        if spf.result == "pass"
        else f"SPF breaks ({spf.result} for {spf.domain} from {spf.ip})"
    )
    own = [v for v in facts.dkim if v.aligned]
    if any(v.result == "pass" for v in own):
        report(
            f"The message was forwarded: {passed_on}, and only the DKIM signature still proves From.",
            evidence=facts.forwarding,
            fix=f"Keep signing with DKIM for {facts.from_domain}; a forwarder should rewrite the return path "
            "(SRS), and a server behind its own gateway check SPF for the client of the gateway. The SPF "
            "record is not at fault",
            severity=Severity.INFO if spf.result == "pass" else Severity.WARNING,
        )
        return
    arc = (facts.arc.explains,) if facts.arc is not None and facts.arc.explains else ()
    state = (
        f"the DKIM signature of {own[0].domain} did not survive ({own[0].code})"
        if own
        else f"there is no DKIM signature for {facts.from_domain}"
    )
    report(
        f"The message seems to have been forwarded: {passed_on}, and {state}.",
        location=signature_place(facts, own[0]) if own else None,
        evidence=(*facts.forwarding, *arc, _DOUBT),
        fix=f"Sign with DKIM for {facts.from_domain} at the sender; the forwarder must leave body and signed "
        "fields alone, rewrite the return path (SRS) and seal with ARC",
        severity=Severity.ERROR if dmarc.result == "fail" else Severity.WARNING,
    )


_DOUBT = "older hops can be forged: without a signature, a forwarded message looks like a forged one"
