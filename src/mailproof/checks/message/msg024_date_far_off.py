"""Header: Date far from the sending time

## What it checks
The Date field, compared with the time at which the first server took the message. The rule fires where they
are more than a day apart.

## Why it matters
Filters count a wrong Date as spam (mail that wants to be on top of the list), and mail programs sort it
wrongly.

## How to fix
Set the clock of the machine that composes the mail by NTP. Don't keep composed mail for days.

## Example
Before (taken on 1 November):

    Date: Sun, 08 Nov 2026 11:59:00 +0000

After:

    Date: Sun, 01 Nov 2026 11:59:00 +0000

## References
- RFC 5322 section 3.6.1
- https://spamassassin.apache.org/ (rules DATE_IN_FUTURE, DATE_IN_PAST)
"""

from datetime import timedelta

from mailproof.checks.base import NotApplicable, Reporter, declare, required
from mailproof.checks.message._facts import in_header
from mailproof.model import MessageFacts, Severity
from mailproof.records.dates import parse_date

#: Hours.
LIMIT = 24


@declare(Severity.WARNING)
def check(facts: MessageFacts, report: Reporter) -> None:
    written = required(parse_date(facts.date) if facts.date else None, "no valid Date")
    taken = required(
        next((hop.timestamp for hop in reversed(facts.received) if hop.timestamp), None),
        "no Received header has a date",
    )
    if facts.now is not None and taken - facts.now > timedelta(hours=LIMIT) >= written - facts.now:
        raise NotApplicable("the clock of the first server is ahead")
    hours = (written - taken).total_seconds() / 3600
    if abs(hours) <= LIMIT:
        return
    span = f"{abs(hours) / 24:.0f} days" if abs(hours) >= 48 else f"{abs(hours):.0f} hours"
    report(
        f"The Date is {span} {'after' if hours > 0 else 'before'} the first server took the message.",
        location=in_header("Date", facts.date),
        evidence=(f"Received: {taken.isoformat()}",),
        fix="Set the clock of the machine that composes the mail by NTP",
    )
