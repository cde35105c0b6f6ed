"""DKIM signature is malformed

## What it checks
Each `DKIM-Signature` field can be read: all required tags, a known algorithm, `From` among the signed
headers.

## Why it matters
Verifiers ignore a signature that breaks the rules; the mail counts as unsigned.

## How to fix
Mend the configuration of the signing server; a relay that rewrites or cuts long headers may be the cause
too.

## References
- RFC 6376 section 3.5
- RFC 6376 section 6.1.1
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.message._facts import failure_severity, signature_place, signatures_of
from mailproof.model import Fix, MessageFacts, Severity

RULE = declare(__name__, __doc__, Severity.ERROR)
_COMPLETE = "correct the configuration of the signing server so that it writes a complete DKIM-Signature"
_DECODE = (
    "nothing to correct at the sender: judge the copy that arrived before that server, or go by the "
    "Authentication-Results that it wrote"
)


def check(facts: MessageFacts, report: Reporter) -> None:
    for verdict in signatures_of(facts):
        if verdict.result == "permerror" and verdict.key_lookup is None:
            report(
                f"The DKIM signature of {verdict.domain or 'an unnamed domain'} counts for nothing: "
                f"{verdict.reason}.",
                location=signature_place(facts, verdict),
                fix=Fix(_DECODE if verdict.code == "encoded-words" else _COMPLETE),
                severity=failure_severity(facts, verdict),
            )
