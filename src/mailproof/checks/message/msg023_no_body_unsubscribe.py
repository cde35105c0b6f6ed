"""Unsubscribe: no link in the body

## What it checks
HTML mail with List-Unsubscribe. The rule fires where no link in the body unsubscribes.

## Why it matters
Gmail and Yahoo ask for a clearly visible link in the body beside the header. Without it, recipients report
spam.

## How to fix
Put a link with the word Unsubscribe at the end.

## Example
Before:

    List-Unsubscribe: <https://acme.example/u/1>

    <p>Dear Bob, …</p>

After:

    List-Unsubscribe: <https://acme.example/u/1>

    <p>Dear Bob, …</p>
    <p><a href="https://acme.example/u/1">Unsubscribe</a></p>

## References
- https://support.google.com/mail/answer/81126
- https://senders.yahooinc.com/best-practices/
"""

from mailproof.checks.base import Reporter, Undetermined, declare, some
from mailproof.checks.message._content import html_of
from mailproof.checks.message._facts import in_header, values
from mailproof.model import Fix, MessageFacts, Severity
from mailproof.records.html_text import MAX_LINKS


@declare(Severity.INFO)
def check(facts: MessageFacts, report: Reporter) -> None:
    texts = some(values(facts, "List-Unsubscribe"), "the message has no List-Unsubscribe")
    content = html_of(facts)
    if content.unsubscribe or any(each.target and each.target in texts[0] for each in content.links):
        return
    if len(content.links) >= MAX_LINKS:
        raise Undetermined(f"there are more than {MAX_LINKS} links: could not check the last ones")
    message = "The body has no unsubscribe link, but the header offers to unsubscribe."
    fix = Fix("Put a visible unsubscribe link at the end of the body")
    report(message, location=in_header("List-Unsubscribe", texts[0]), fix=fix)
