"""DKIM: signs of a replay

## What it checks
Messages with a passing signature. The rule fires where the message came to a recipient that it does not
name, 12 hours or more after it was signed, without an SPF pass for the signer's domain, and with no sign of
forwarding.

## Why it matters
Anyone who gets a signed message can send it on to any number of people: the signature stays valid, and the
signer's reputation pays for it. Receivers look for exactly these signs.

## How to fix
Let signatures expire (`x=`) after some days. Sign To, Cc, Subject and Date, and list them in `h=` once more
than they occur. Keep spammers from sending one message to themselves. Rotate the key if it goes on.

## Example
Before (delivered to bob@rcpt.test 72 hours after signing, SPF pass for esp.test):

    Delivered-To: bob@rcpt.test
    To: Carol <carol@shop.test>

After (names its recipient):

    Delivered-To: bob@rcpt.test
    To: Bob <bob@rcpt.test>

## References
- RFC 6376 section 8.6
- RFC 6376 section 3.5
"""

from datetime import UTC, datetime

from mailproof.checks.base import Reporter, declare, required
from mailproof.checks.message._facts import signature_place, signatures_of, the_signature, values
from mailproof.model import DkimVerdict, MessageFacts, ReceivedHop, Severity
from mailproof.names import is_within

#: In hours: queues rarely hold a message longer than this without a forwarder's trace.
_LATE = 12


@declare(Severity.WARNING, consequence="forged")
def check(facts: MessageFacts, report: Reporter) -> None:
    passing = [v for v in signatures_of(facts) if v.result == "pass" and v.timestamp]
    if not passing or facts.forwarded:
        return
    hop = required(facts.handover, "the hop that handed the message over is unknown")
    found = (*values(facts, "Delivered-To"), *values(facts, "X-Original-To"), hop.for_)
    recipients = [each.strip("<> ").lower() for each in found if "@" in each]
    named = " ".join(v.lower() for name in ("To", "Cc", "Bcc") for v in values(facts, name))
    if not recipients or any(each in named for each in recipients):
        return
    spf = f"SPF {facts.spf.result} for {facts.spf.domain}" if facts.spf else "SPF unknown"
    for verdict in passing:
        hours = _hours(verdict, hop)
        if hours < _LATE or _sends_for(facts, verdict):
            continue
        report(
            f"{the_signature(verdict)} passes, but the message may be a replay: it came {hours} hours after "
            f"signing, from {hop.ip} ({spf}), for {recipients[0]}, who is not in To, Cc or Bcc.",
            location=signature_place(facts, verdict),
            fix="Let signatures expire (x=) after some days, and sign To, Cc, Subject and Date",
        )


def _hours(verdict: DkimVerdict, hop: ReceivedHop) -> int:
    if hop.timestamp is None or not 0 < (verdict.timestamp or 0) < 10**11:
        return 0
    signed = datetime.fromtimestamp(verdict.timestamp or 0, UTC)
    return int((hop.timestamp - signed).total_seconds() // 3600)


def _sends_for(facts: MessageFacts, verdict: DkimVerdict) -> bool:
    """Whether SPF passes for the signer, or a domain above or below it; True if unknown."""
    spf = facts.spf
    if spf is None or spf.result == "temperror":
        return True
    beside = is_within(spf.domain, verdict.domain) or is_within(verdict.domain, spf.domain)
    return spf.result == "pass" and beside
