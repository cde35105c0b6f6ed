"""SMTP: mail host doesn't answer

## What it checks
A connection to port 25 of each mail host. The rule fires where one doesn't answer while another of the
domain's hosts does over the same address family, so that outgoing port 25 is known to be open.

## Why it matters
Each sender waits until its time limit, often 30 seconds or more, before it tries the next host: mail arrives
late.

## How to fix
Start the host or open its firewall, or remove the MX or address record.

## Example
Before:

    $ nc -v mx1.acme.example 25
    nc: connect to mx1.acme.example (192.0.2.25) port 25 (tcp) timed out

After:

    $ nc -v mx1.acme.example 25
    220 mx1.acme.example ESMTP

## References
- RFC 5321 section 4.5.4.1
- RFC 5321 section 5.1
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.transport._facts import location, reached
from mailproof.model import MxConnectionFacts, Severity


@declare(Severity.WARNING, reached)
def check(everything: tuple[MxConnectionFacts, ...], report: Reporter) -> None:
    open_families = {":" in each.address for each in everything if each.state in ("answered", "protocol")}
    for each in everything:
        if each.state == "timeout" and (":" in each.address) in open_families:
            report(
                f"The mail host {each.place} doesn't answer on port {each.port}, while others do.",
                location=location(each),
                evidence=(each.reason,),
                fix="Start the host or open its firewall, or remove its address or MX record.",
            )
        elif each.state == "silent":
            report.unknown(f"{each.place}: {each.reason}")
