"""SMTP: mail host refuses connections

## What it checks
A connection to port 25 of each mail host. The rule fires where it is refused. It is a warning where another
address or host takes connections.

## Why it matters
Senders are refused at once and try the next host. With none left, the mail waits in their queues and bounces
after days. (A firewall near you may refuse in the host's place: try from a second network.)

## How to fix
Start the server on that address, open its firewall for port 25, or remove the MX or address record.

## Example
Before:

    Postfix: inet_interfaces = loopback-only

After:

    Postfix: inet_interfaces = all

## References
- RFC 5321 section 4.5.4.1
- RFC 5321 section 5.1
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.transport._facts import location, reached
from mailproof.model import MxConnectionFacts, Severity


@declare(Severity.ERROR, reached)
def check(everything: tuple[MxConnectionFacts, ...], report: Reporter) -> None:
    taken = any(each.state in ("answered", "silent", "protocol") for each in everything)
    for each in everything:
        if each.state == "refused":
            report(
                f"The mail host {each.place} refuses connections on port {each.port}.",
                location=location(each),
                evidence=(each.reason,),
                fix="Run a mail server on that address, or remove its address or MX record.",
                severity=Severity.WARNING if taken else Severity.ERROR,
            )
