"""Delivery: slow hop or wrong clock

## What it checks
The times in the `Received` headers. The rule fires where a hop took longer than five minutes by them (or a
clock is as far behind: two hosts alone don't show which), or where its clock is more than a minute behind the
hop before or, as other hops show, ahead of the hop after it.

## Why it matters
A slow hop is where greylisting, a queue or a scanner holds mail. A wrong clock hides delays, and makes
signatures expire or are dated in the future.

## How to fix
Look at the queue and the log of the host named, and set its clock by NTP.

## Example
Before:

    Received: … by mx.rcpt.test …; Sun, 01 Nov 2026 12:10:02 +0000
    Received: … by mail.acme.example …; Sun, 01 Nov 2026 11:59:00 +0000

After:

    Received: … by mx.rcpt.test …; Sun, 01 Nov 2026 11:59:02 +0000
    Received: … by mail.acme.example …; Sun, 01 Nov 2026 11:59:00 +0000

## References
- RFC 5321 section 4.4
"""

from mailproof.checks.base import NotApplicable, Reporter, declare
from mailproof.checks.message._facts import in_header
from mailproof.model import MessageFacts, Severity
from mailproof.model.clocks import hop_faults


@declare(Severity.INFO, consequence="tidy")
def check(facts: MessageFacts, report: Reporter) -> None:
    if not facts.received:
        raise NotApplicable("no Received header")
    for index, (hop, (fault, seconds)) in enumerate(
        zip(facts.received, hop_faults(facts.received), strict=True)
    ):
        host, fix = hop.by or "that host", f"Set the clock of {hop.by or 'that host'} by NTP"
        before = next((each.by for each in facts.received[index + 1 :] if each.timestamp), "")
        before = before or "the host before it"
        if fault == "slow":
            message = f"By their clocks, it took {_span(seconds)} from {before} to {host}."
            fix = f"Check the queue and the clock of {before}, and the log of {host}"
        elif fault == "ahead":
            message = f"The clock of {hop.by or 'a host'} is {_span(seconds)} ahead of the host after it."
        elif fault:
            message = f"The clock of {hop.by or 'a host'} is {_span(seconds)} behind the host before it."
            if fault == "apart":
                fix = f"Set the clocks of {host} and {before} by NTP"
        else:
            continue
        report(message, location=in_header("Received", hop.raw, hop.by), fix=fix)


def _span(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    parts = ((hours, "h"), (minutes, "min"), (rest, "s"))
    return " ".join(f"{count} {unit}" for count, unit in parts if count) or "0 s"
