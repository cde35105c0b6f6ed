"""Message: forwards another message

## What it checks
The attachments and the text of the message. The rule fires where it carries another message: attached
(`message/rfc822`), or quoted under a line like “Forwarded message”.

## Why it matters
SPF, DKIM and DMARC of a forward are about whoever forwarded it. The quoted text holds nothing that proves
the original; an attached copy holds all of it.

## How to fix
Verify an attached original with `mailproof verify FILE --attached`. Else ask for the original as an
attachment, or for its source:

- Gmail: ⋮ › “Forward as attachment”; or ⋮ › “Show original” › “Download original”.
- Outlook: … › “Forward as attachment” (Ctrl+Alt+F); or, on the web, … › “View” › “View message source”.
- Apple Mail: Message › “Forward as Attachment”; or View › Message › “Raw Source”.
- Thunderbird: Message › “Forward As” › “Attachment”; or “Save As” › “File” (.eml).

## Example
Before:

    Subject: Fwd: Lunch

    ---------- Forwarded message ---------
    From: Ada <ada@acme.example>

After (the original, saved as .eml):

    Subject: Lunch
    From: Ada <ada@acme.example>

## References
- RFC 2046 section 5.2.1
"""

from mailproof.checks.base import Reporter, declare
from mailproof.model import MessageFacts, Severity

_ASK = (
    "Ask for the original as an attachment, or for its source (Gmail: “Forward as attachment”, “Show "
    "original”; Outlook: “Forward as attachment”, “View message source”; Apple Mail: "
    "“Forward as Attachment”, “Raw Source”; Thunderbird: “Forward As › Attachment”)"
)


@declare(Severity.INFO, consequence="tidy")
def check(facts: MessageFacts, report: Reporter) -> None:
    for each in facts.enclosed:
        named = f"a message from {each.author or 'an unnamed author'}"
        named += f", “{each.subject}”" if each.subject else ""
        if each.kind == "attached":
            report(
                f"The message carries {named} as an attachment; this report is about the outer message. "
                "To verify the attached one: mailproof verify FILE --attached",
                fix="Verify the attached message: mailproof verify FILE --attached",
            )
        else:
            report(
                f"The message quotes {named}, in its text: that is not the original, and proves nothing "
                "about it. Ask for the original as an attachment, or for its source.",
                fix=_ASK,
            )
