"""List-Unsubscribe: malformed one-click header

## What it checks
The `List-Unsubscribe` and `List-Unsubscribe-Post` fields. The rule fires where the first has no URI in
angle brackets, or no https URI although the second is present, where the second is there without the first
or one of them twice, or where its value is not exactly `List-Unsubscribe=One-Click`.

## Why it matters
Gmail and Yahoo require working one-click unsubscribe from bulk senders. A malformed header counts as none.

## How to fix
Write both fields as in the example.

## Example
Before:

    List-Unsubscribe: <mailto:u@acme.example>
    List-Unsubscribe-Post: List-Unsubscribe=One-Click

After:

    List-Unsubscribe: <https://acme.example/u/1>, <mailto:u@acme.example>
    List-Unsubscribe-Post: List-Unsubscribe=One-Click

## References
- RFC 8058 section 3.1
- RFC 2369 section 3.2
"""

import re

from mailproof.checks.base import NotApplicable, Reporter, declare
from mailproof.checks.message._facts import in_header, values
from mailproof.model import MessageFacts, Severity

_URI = re.compile(r"<([^<>]{1,2000})>")


@declare(Severity.WARNING)
def check(facts: MessageFacts, report: Reporter) -> None:
    offers, posts = values(facts, "List-Unsubscribe"), values(facts, "List-Unsubscribe-Post")
    if not offers and not posts:
        raise NotApplicable("the message has no List-Unsubscribe header")
    uris = [uri.strip() for offer in offers[:5] for uri in _URI.findall(offer[:8000])]
    faults = [
        (name, found[1], f"occurs {len(found)} times; it may occur once")
        for name, found in (("List-Unsubscribe", offers), ("List-Unsubscribe-Post", posts))
        if len(found) > 1
    ]
    if posts and posts[0].replace(" ", "").lower() != "list-unsubscribe=one-click":
        faults.append(("List-Unsubscribe-Post", posts[0], "must be exactly List-Unsubscribe=One-Click"))
    if posts and not offers:
        faults.append(("List-Unsubscribe-Post", posts[0], "is there without List-Unsubscribe"))
    elif not uris:
        faults.append(("List-Unsubscribe", offers[0], "has no URI in angle brackets"))
    elif posts and not any(uri.lower().startswith("https://") for uri in uris):
        faults.append(("List-Unsubscribe", offers[0], "has no https URI, which one-click needs"))
    for name, value, what in faults:
        report(
            f"{name} {what}: {value[:200]!r}.",
            location=in_header(name, value),
            fix="Write List-Unsubscribe: <https://…>, <mailto:…> and List-Unsubscribe-Post: "
            "List-Unsubscribe=One-Click",
        )
