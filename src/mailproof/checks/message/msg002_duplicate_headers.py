"""Header: duplicate field

## What it checks
The fields that may occur once: `Subject`, `To`, `Cc`, `Bcc`, `Date`, `Message-ID`, `Sender`, `Reply-To`,
`In-Reply-To`, `References`, `Content-Type`, `Content-Transfer-Encoding` and `MIME-Version`. The rule fires
where one occurs more often.

## Why it matters
Gmail rejects messages with duplicates (550 5.7.1), and programs differ in which copy they show and sign.

## How to fix
Find the program that adds the field a second time. Often a template and the library both set it.

## Example
Before:

    Subject: Your order
    Subject: Your order (copy)

After:

    Subject: Your order

## References
- RFC 5322 section 3.6
- RFC 2045 section 3
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.message._facts import in_header
from mailproof.model import MessageFacts, Severity

_NAMES = "Subject Date Message-ID To Cc Bcc Sender Reply-To In-Reply-To References Content-Type"
_NAMES += " Content-Transfer-Encoding MIME-Version"
#: Keyed by lower-case name.
SINGLE = {name.lower(): name for name in _NAMES.split()}


@declare(Severity.ERROR)
def check(facts: MessageFacts, report: Reporter) -> None:
    for key, name in SINGLE.items():
        found = facts.by_name.get(key, ())
        if len(found) > 1:
            report(
                f"The header field {name} occurs {len(found)} times; it may occur once.",
                location=in_header(name, found[1]),
                evidence=tuple(f"{name}: {value[:200]}" for value in found[:5]),
                fix=f"Send {name} once: a program on the way adds a second one",
            )
