"""Header: foreign address in the display name

## What it checks
The display name in From. The rule fires where it holds an address of another domain than the real one.

## Why it matters
Most programs show only the display name. A foreign address in it is how phishing looks, and Gmail and
Outlook warn or file it as spam.

## How to fix
Use a name, not an address.

## Example
Before:

    From: "service@bank.test" <alice@acme.example>

After:

    From: Alice <alice@acme.example>

## References
- RFC 5322 section 3.4
- https://support.google.com/mail/answer/81126
"""

import re

from mailproof.checks.base import Reporter, declare
from mailproof.checks.message._facts import in_header
from mailproof.message.hosts import same_organization
from mailproof.model import MessageFacts, Severity
from mailproof.records.mailboxes import domain_to_ascii, parse_addresses

_ADDRESS = re.compile(r"[\w.+-]{1,64}@([\w-]{1,63}(?:\.[\w-]{1,63}){1,10})")


@declare(Severity.WARNING)
def check(facts: MessageFacts, report: Reporter) -> None:
    for box in parse_addresses(facts.from_header).mailboxes[:20]:
        found = _ADDRESS.search(box.display)
        if found is None or not box.domain or same_organization(domain_to_ascii(found[1]), box.domain):
            continue
        report(
            f"The display name shows {found[0]}, but the address is {box.address}.",
            location=in_header("From", facts.from_header, found[0]),
            fix="Use a name as the display name",
        )
