"""DKIM: malformed signature

## What it checks
The tags of each `DKIM-Signature` field. The rule fires where a required tag is missing, the algorithm is
unknown, or `From` is not among the signed fields.

## Why it matters
Receivers ignore a signature that breaks the rules and treat the mail as unsigned.

## How to fix
Correct the configuration of the signing server. A relay that rewrites or cuts off long header fields can be
the cause too.

## Example
Before (no bh=):

    DKIM-Signature: v=1; a=rsa-sha256; d=acme.example; s=s1; h=from:to; b=rkgB…

After:

    DKIM-Signature: v=1; a=rsa-sha256; d=acme.example; s=s1; h=from:to; bh=nanI…; b=rkgB…

## References
- RFC 6376 section 3.5
- RFC 6376 section 6.1.1
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.message._facts import failure_severity, signature_place, signatures_of
from mailproof.model import DkimVerdict, MessageFacts, Severity

_COMPLETE = "Correct the configuration of the signing server so that it writes a complete DKIM-Signature"
_DECODE = (
    "Nothing to fix at the sender: verify a copy from before that server, or go by the "
    "Authentication-Results that it wrote"
)


@declare(Severity.ERROR, each=signatures_of)
def check(facts: MessageFacts, verdict: DkimVerdict, report: Reporter) -> None:
    if verdict.result == "permerror" and verdict.key_lookup is None:
        report(
            f"The DKIM signature of {verdict.domain or 'an unnamed domain'} counts for nothing: "
            f"{verdict.reason}.",
            location=signature_place(facts, verdict),
            fix=_DECODE if verdict.code == "encoded-words" else _COMPLETE,
            severity=failure_severity(facts, verdict),
        )
