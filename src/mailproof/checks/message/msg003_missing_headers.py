"""Header: no Date or Message-ID

## What it checks
The `Date` and `Message-ID` fields. The rule fires where one is missing, or where `Date` is not a valid
date or not written as RFC 5322 defines it.

## Why it matters
`Date` is mandatory and `Message-ID` expected. Gmail rejects mail without one (550 5.7.1), filters count its
absence against the sender, and threads and traces break.

## How to fix
Let the program that composes the mail set both. Most libraries do when asked.

## Example
Before:

    From: Alice <alice@acme.example>
    Subject: Your order

After:

    From: Alice <alice@acme.example>
    Subject: Your order
    Date: Sun, 01 Nov 2026 11:59:00 +0000
    Message-ID: <20261101.1@acme.example>

## References
- RFC 5322 sections 3.3 and 3.6
- https://support.google.com/mail/answer/81126
"""

from mailproof.checks.base import Reporter, Undetermined, declare
from mailproof.checks.message._facts import in_header, values
from mailproof.model import Fix, MessageFacts, Severity
from mailproof.records.dates import is_in_form, parse_date


@declare(Severity.WARNING)
def check(facts: MessageFacts, report: Reporter) -> None:
    for name in ("Date", "Message-ID"):
        if not any(values(facts, name)):
            if not facts.has_body:
                raise Undetermined(f"only headers were given, without {name}")
            message = f"The message has no {name} header."
            fix = Fix(f"Let the program that composes the mail set {name}")
            report(message, location=in_header(name), fix=fix)
    read = parse_date(facts.date) is not None
    if facts.date and not (read and is_in_form(facts.date)):
        what = "a date in the form of RFC 5322" if read else "a date"
        message = f"The Date header {facts.date[:80]!r} is not {what}."
        fix = Fix("Write it like this: Mon, 23 Nov 2026 10:00:00 +0000")
        report(message, location=in_header("Date", facts.date), fix=fix)
