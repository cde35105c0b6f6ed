"""8-bit text that is not announced

## What it checks
Octets over 127 stand only in parts that say `Content-Transfer-Encoding: 8bit` (or encode them).

## Why it matters
A part without that header is 7-bit by definition: servers may refuse, convert or strip such octets, which
breaks DKIM; readers guess the charset and show garbage.

## How to fix
Send quoted-printable or base64, or announce 8bit and a charset.

## References
- RFC 2045 section 2.7
- RFC 6152
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.message._content import sent_of
from mailproof.checks.message._facts import in_header
from mailproof.model import Fix, MessageFacts, Severity

RULE = declare(__name__, __doc__, Severity.WARNING)


def check(facts: MessageFacts, report: Reporter) -> None:
    content = sent_of(facts)
    if not content.raw_8bit:
        return
    message = (
        f"{content.raw_8bit} octet{'s' if content.raw_8bit > 1 else ''} over 127 stand in a part that is "
        "7-bit by its header."
    )
    fix = Fix("encode the part as quoted-printable, with its charset in Content-Type")
    place = in_header("Content-Transfer-Encoding")
    report(message, location=place, fix=fix)
