"""SMTP: greeting without a full host name

## What it checks
The name in the reply to EHLO, or in the greeting where that has none. The rule fires where it is not a fully
qualified host name.

## Why it matters
RFC 5321 requires the host's name there. `localhost` or a bare label is the mark of a server that was never
set up, and senders that log or check the name can't see which host answered.

## How to fix
Set the server's name (Postfix: `myhostname`) to the PTR name of its address.

## Example
Before:

    220 localhost.localdomain ESMTP

After:

    220 mx1.acme.example ESMTP

## References
- RFC 5321 section 4.2
- RFC 5321 section 4.1.1.1
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.transport._facts import greeted, location
from mailproof.model import MxConnectionFacts, Severity
from mailproof.records.hostnames import is_full_name

_LOCAL = (".localdomain", ".local", ".localhost", ".invalid")


@declare(Severity.WARNING, each=greeted, consequence="tidy")
def check(each: MxConnectionFacts, report: Reporter) -> None:
    name = each.ehlo_name or each.greeting_name
    if not name or name.startswith("[") or (is_full_name(name) and not name.endswith(_LOCAL)):
        return
    report(
        f"{each.place} calls itself {name!r}, which is not a full host name.",
        location=location(each),
        evidence=(f"220 {each.greeting}",),
        fix=f"Set the server's host name to one that resolves to {each.address}.",
    )
