"""DKIM signature passes, but is weak

## What it checks
A passing signature has a key of at least 2048 bits that is not in testing mode (`t=y`), a signing time
that is not in the future, and no unsigned copy of a header that it signs.

## Why it matters
Keys of 1024 bits are the least that receivers count; `t=y` lets them treat the mail as unsigned; a copy
of a signed header on top is the mark of a replayed and altered message.

## How to fix
Make a 2048-bit key, take `t=y` out of the record, set the server's clock, refuse duplicate headers.

## References
- RFC 8301 section 3.2
- RFC 6376 section 3.6.1
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.message._facts import (
    key_name,
    key_place,
    signature_place,
    signatures_of,
    the_signature,
    unjudged,
)
from mailproof.model import Fix, MessageFacts, Severity

RULE = declare(__name__, __doc__, Severity.WARNING, consequence="forged")


def check(facts: MessageFacts, report: Reporter) -> None:
    unjudged(facts, report)
    words = {
        "weak-key": ("has a key of only {bits} bits", "publish a new key of 2048 bits under a new selector"),
        "testing": ("has a key in testing mode (t=y)", "take t=y out of the key record"),
        "future-timestamp": (
            "was made in the future by its own account (t=)",
            "set the clock of the signing server",
        ),
        "duplicate-signed-header": (
            "leaves a second copy of a signed header unsigned",
            "send each header once; such a copy can be what the reader sees",
        ),
    }
    for verdict in signatures_of(facts):
        for note in verdict.notes if verdict.result == "pass" else ():
            if note in words:
                what, todo = words[note]
                key = note in ("weak-key", "testing")
                report(
                    f"{the_signature(verdict)} passes, but {what.format(bits=verdict.bits)}.",
                    location=key_place(verdict) if key else signature_place(facts, verdict),
                    evidence=(verdict.reason,),
                    fix=Fix(f"{todo} ({key_name(verdict)})" if key else todo),
                )
