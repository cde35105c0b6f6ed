"""DKIM: weak signature

## What it checks
The passing signatures. The rule fires where the key has fewer than 2048 bits or is in testing mode (`t=y`),
where the signing time is in the future, or where an unsigned copy of a signed header field is present.

## Why it matters
1024 bits are the least that receivers accept. `t=y` lets them treat the mail as unsigned. A copy of a
signed field on top is the mark of a replayed and altered message.

## How to fix
Make a 2048-bit key, remove `t=y` from the record, set the server's clock, and refuse duplicate header
fields.

## Example
Before (1024 bits, testing):

    s1._domainkey.acme.example. TXT "v=DKIM1; k=rsa; t=y; p=MIGfMA0GCSqGSIb3DQEB…"

After (2048 bits):

    s1._domainkey.acme.example. TXT "v=DKIM1; k=rsa; p=MIIBIjANBgkqhkiG9w0BAQEF…"

## References
- RFC 8301 section 3.2
- RFC 6376 section 3.6.1
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.message._facts import key_place, passing, signature_place, the_signature
from mailproof.model import DkimVerdict, MessageFacts, Severity

#: What is weak, and what to do, by the note on a signature.
_NOTES = {
    "weak-key": ("has a key of only {bits} bits", "Publish a new key of 2048 bits under a new selector"),
    "testing": ("has a key in testing mode (t=y)", "Remove t=y from the key record"),
    "future-timestamp": ("has a signing time in the future (t=)", "Set the clock of the signing server"),
    "duplicate-signed-header": (
        "leaves a second copy of a signed field unsigned",
        "Send each field once: the unsigned copy may be what the reader sees",
    ),
}


@declare(Severity.WARNING, each=passing, consequence="forged")
def check(facts: MessageFacts, verdict: DkimVerdict, report: Reporter) -> None:
    for note in verdict.notes:
        if note in _NOTES:
            what, todo = _NOTES[note]
            key = note in ("weak-key", "testing")
            report(
                f"{the_signature(verdict)} passes, but {what.format(bits=verdict.bits)}.",
                location=key_place(verdict) if key else signature_place(facts, verdict),
                evidence=(verdict.reason,),
                fix=f"{todo} ({verdict.key_name})" if key else todo,
            )
