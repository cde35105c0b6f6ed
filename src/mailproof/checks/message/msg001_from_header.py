"""Header: From doesn't name exactly one address

## What it checks
The `From` fields of the message. The rule fires where there is none, where there are several, and where the
addresses are of several domains or of none that the DNS can know. Several addresses of one domain are a
warning.

## Why it matters
`From` is what DMARC evaluates and what the reader sees. Without exactly one domain in it, a message can't
pass DMARC, and Gmail rejects it (550 5.7.1). Several addresses of one domain can pass; Gmail rejects them all
the same.

## How to fix
Send one `From` field with one address. Put the real sender of a shared message into `Sender`.

## Example
Before:

    From: Eve <eve@evil.test>
    From: Alice <alice@acme.example>

After:

    From: Alice <alice@acme.example>

## References
- RFC 5322 section 3.6.2
- RFC 9989 section 11.5
- https://support.google.com/mail/answer/81126
"""

from mailproof.checks.base import Reporter, Undetermined, declare
from mailproof.checks.message._facts import in_header, values
from mailproof.model import MessageFacts, Severity
from mailproof.records.mailboxes import parse_addresses


@declare(Severity.ERROR)
def check(facts: MessageFacts, report: Reporter) -> None:
    fields = values(facts, "From")
    fix = "Send one From field with one address of the domain that signs the mail"
    severity = None
    if not fields:
        if not facts.has_body:
            raise Undetermined("only headers were given, without From")
        report("The message has no From header.", fix=fix)
        return
    if len(fields) > 1:
        report(
            f"The message has {len(fields)} From headers; receivers reject it or show the wrong one.",
            location=in_header("From", fields[1]),
            evidence=tuple(f"From: {value}" for value in fields[:5]),
            fix=fix,
        )
        return
    if len(facts.from_domains) > 1:
        listed = ", ".join(facts.from_domains[:5])
        message = f"From names addresses of {len(facts.from_domains)} domains ({listed}): DMARC can't pass."
    elif len(boxes := parse_addresses(fields[0]).mailboxes) > 1:
        sender = (
            "" if values(facts, "Sender") else "; the Sender field that RFC 5322 asks for then is missing"
        )
        message = (
            f"From names {len(boxes)} addresses of {facts.from_domain}: DMARC can pass, but Gmail rejects a "
            f"message with several{sender}."
        )
        severity = Severity.WARNING
    elif not facts.from_domains:
        message = f"From names no domain: {fields[0][:200]!r}."
    else:
        return
    report(message, location=in_header("From", fields[0]), fix=fix, severity=severity)
