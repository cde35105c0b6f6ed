"""DKIM: message not signed

## What it checks
The `DKIM-Signature` fields of the message. The rule fires where there is none. Where only part of the
header was given, or pasting has altered it, the result is unknown. That a bounce is not signed is only noted:
few servers sign theirs. It is a warning where DMARC passes by SPF or could not be checked, and where no hop
shows that it came from another server.

## Why it matters
Gmail, Yahoo and Microsoft require signatures from bulk senders (4.7.30, 5.7.515). Without one, every
forward breaks DMARC.

## How to fix
Turn on DKIM signing at the server or service that sends, and publish its key.

## Example
Before:

    Authentication-Results: mx.rcpt.test; spf=pass …; dkim=none

After:

    Authentication-Results: mx.rcpt.test; spf=pass …; dkim=pass header.d=acme.example

## References
- RFC 6376 section 2
- https://support.google.com/mail/answer/81126
"""

from mailproof.checks.base import Reporter, Undetermined, declare
from mailproof.checks.message._facts import failed, require_travelled, values
from mailproof.model import MessageFacts, Severity


@declare(Severity.ERROR)
def check(facts: MessageFacts, report: Reporter) -> None:
    require_travelled(facts)
    failed(facts, "dkim")
    if facts.dkim:
        return
    if not facts.has_body and not values(facts, "From"):
        raise Undetermined("only some of the headers were given")
    if doubt := facts.partial or facts.altered:
        raise Undetermined(f"this copy has no DKIM signature, but the message may have had one: {doubt}")
    if facts.bounce is not None:
        report("The bounce itself is not signed with DKIM.", severity=Severity.INFO)
        return
    dmarc = facts.dmarc.result if facts.dmarc is not None else "temperror"
    local = facts.received and facts.handover is None and not facts.envelope.ip
    rest = {"pass": "; DMARC passes by SPF alone", "temperror": "; DMARC could not be checked"}.get(dmarc, "")
    if local:
        rest = ", and no hop shows that it came from another server: some servers sign only what leaves them"
    report(
        f"The message is not signed with DKIM{rest}.",
        fix=f"Turn on DKIM signing for {facts.from_domain or 'the From domain'} and publish its key",
        severity=Severity.WARNING if rest else Severity.ERROR,
    )
