"""SMTP: greeting is a 5yz refusal, or not SMTP

## What it checks
The greeting on port 25 of each mail host. The rule fires where it is a 5yz refusal or is not SMTP. A
temporary refusal (4yz) is unknown.

## Why it matters
A 5yz greeting refuses the client at once. It may be meant for you alone (an address on a blocklist, a home
connection): then other senders get through.

## How to fix
Read the server's reply. Remove the host from the MX records if it should not take mail.

## Example
Before:

    554 5.7.1 No SMTP service here

After:

    220 mx1.acme.example ESMTP

## References
- RFC 5321 section 3.1
- RFC 5321 section 4.3.2
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.transport._facts import connections, greeted, location
from mailproof.model import DomainFacts, MxConnectionFacts, Severity


@declare(Severity.WARNING, connections)
def check(facts: DomainFacts, every: tuple[MxConnectionFacts, ...], report: Reporter) -> None:
    for each in every:
        if each.state == "protocol":
            report(
                f"The service on port {each.port} of {each.place} doesn't speak SMTP.",
                location=location(each),
                evidence=(each.reason,),
                fix="Run a mail server on that port, or remove the MX record.",
                severity=Severity.ERROR,
            )
        elif each.code >= 500:
            report(
                f"{each.place} refuses this client with {each.code} {each.greeting}",
                location=location(each),
                evidence=("The refusal may be for this machine's address; other senders may get through.",),
                fix="Follow the server's reply, and try from a mail server of your own.",
            )
    tuple(greeted(facts, report))  # reports the hosts about which nothing is known
