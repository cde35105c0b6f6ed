"""From must name exactly one author domain

## What it checks
The message has exactly one `From` field, and it names addresses of exactly one domain that the DNS can
know.

## Why it matters
`From` is what DMARC judges and what the reader sees. A message with none, with several `From` fields or
with several domains in it cannot pass DMARC, and Gmail refuses it (550 5.7.1).

## How to fix
Send one `From` field with one address; put the real sender of a shared message into `Sender`.

## References
- RFC 5322 section 3.6.2
- RFC 9989 section 11.5
- https://support.google.com/mail/answer/81126
"""

from mailproof.checks.base import Reporter, Undetermined, declare
from mailproof.checks.message._facts import in_header, values
from mailproof.model import Fix, MessageFacts, Severity

RULE = declare(__name__, __doc__, Severity.ERROR)


def check(facts: MessageFacts, report: Reporter) -> None:
    """A finding where From is missing, repeated, or does not name one domain."""
    fields = values(facts, "From")
    fix = Fix("send one From field with one address of the domain that signs the mail")
    if not fields:
        if not facts.has_body:
            raise Undetermined("only headers were given, and From is not among them")
        report("The message has no From header.", fix=fix)
        return
    if len(fields) > 1:
        report(
            f"The message has {len(fields)} From headers; receivers refuse it or show the wrong one.",
            location=in_header("From", fields[1]),
            evidence=tuple(f"From: {value}" for value in fields[:5]),
            fix=fix,
        )
    elif len(facts.from_domains) > 1:
        listed = ", ".join(facts.from_domains[:5])
        message = f"From names addresses of {len(facts.from_domains)} domains ({listed}): DMARC cannot pass."
        report(message, location=in_header("From", fields[0]), fix=fix)
    elif not facts.from_domains:
        message = f"From names no domain: {fields[0][:200]!r}."
        report(message, location=in_header("From", fields[0]), fix=fix)
