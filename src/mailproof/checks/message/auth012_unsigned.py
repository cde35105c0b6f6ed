"""Message has no DKIM signature

## What it checks
The message carries at least one DKIM signature. Where only a part of its header was given, or pasting has
altered it, that stays unknown.

## Why it matters
Gmail, Yahoo and Microsoft want bulk mail signed (4.7.30, 5.7.515), and without a signature every
forwarding breaks DMARC.

## How to fix
Switch DKIM signing on at the server or service that sends, and publish its key.

## References
- RFC 6376 section 2
- https://support.google.com/mail/answer/81126
"""

from mailproof.checks.base import Reporter, Undetermined, declare
from mailproof.checks.message._facts import failed, require_travelled, values
from mailproof.model import Fix, MessageFacts, Severity

RULE = declare(__name__, __doc__, Severity.ERROR)


def check(facts: MessageFacts, report: Reporter) -> None:
    require_travelled(facts)
    failed(facts, "dkim")
    if facts.dkim:
        return
    if not facts.has_body and not values(facts, "From"):
        raise Undetermined("only some of the headers were given")
    if doubt := facts.partial or facts.altered:
        raise Undetermined(f"there is no DKIM signature in this copy, and there may have been one: {doubt}")
    passes = facts.dmarc is not None and facts.dmarc.result == "pass"
    report(
        f"The message is not signed with DKIM{', and DMARC passes by SPF alone' if passes else ''}.",
        fix=Fix(f"switch DKIM signing on for {facts.from_domain or 'the From domain'} and publish its key"),
        severity=Severity.WARNING if passes else Severity.ERROR,
    )
