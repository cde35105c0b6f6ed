"""Message forwards another one

## What it checks
Whether the message carries another one: attached as it was (`message/rfc822`), or shown in its text under a
line like “Forwarded message”.

## Why it matters
SPF, DKIM and DMARC of a forward tell who forwarded it. The text of a forward holds nothing of what proves
the original; a copy that is attached holds all of it.

## How to fix
An attached original is verified with `mailproof verify FILE --attached`. Else ask for the original as an
attachment, or for its source:

- Gmail: ⋮ › “Forward as attachment”; or ⋮ › “Show original” › “Download original”.
- Outlook: … › “Forward as attachment” (Ctrl+Alt+F); or, on the web, … › “View” › “View message source”.
- Apple Mail: Message › “Forward as Attachment”; or View › Message › “Raw Source”.
- Thunderbird: Message › “Forward As” › “Attachment”; or “Save As” › “File” (.eml).

## References
- RFC 2046 section 5.2.1
"""

from mailproof.checks.base import Reporter, declare
from mailproof.model import Fix, MessageFacts, Severity

RULE = declare(__name__, __doc__, Severity.INFO, consequence="tidy")
_ASK = (
    "ask for the original as an attachment, or for its source (Gmail: “Forward as attachment”, “Show "
    "original”; Outlook: “Forward as attachment”, “View message source”; Apple Mail: "
    "“Forward as Attachment”, “Raw Source”; Thunderbird: “Forward As › Attachment”)"
)


def check(facts: MessageFacts, report: Reporter) -> None:
    for each in facts.enclosed:
        named = f"a message from {each.author or 'an unnamed author'}"
        named += f", “{each.subject}”" if each.subject else ""
        if each.kind == "attached":
            report(
                f"It carries {named} as an attachment; what is judged here is the message around it. "
                "The attached one: mailproof verify FILE --attached",
                fix=Fix("verify the attached message: mailproof verify FILE --attached"),
            )
        else:
            report(
                f"It forwards {named} in its text: this is not the original, and proves nothing of it. "
                "Ask for the original as an attachment, or for its source.",
                fix=Fix(_ASK),
            )
