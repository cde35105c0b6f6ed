"""SMTP: open relay

## What it checks
The reply of each mail host to a foreign recipient from a foreign sender. The rule fires where it accepts. The
session ends after RCPT TO: nothing is ever sent.

## Why it matters
An open relay is found within hours and used for spam; its address ends up on every blocklist. (A few servers
accept all recipients and refuse after the data: those look the same from here.)

## How to fix
Restrict relaying to your own networks and to users who sign in (Postfix: `reject_unauth_destination` in
`smtpd_relay_restrictions`).

## Example
Before:

    Postfix: smtpd_relay_restrictions = permit

After:

    Postfix: smtpd_relay_restrictions = permit_mynetworks, permit_sasl_authenticated,
        reject_unauth_destination

## References
- RFC 5321 section 7.9
- RFC 2505
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.transport._facts import greeted, location
from mailproof.model import MxConnectionFacts, Severity


@declare(Severity.ERROR, each=greeted, consequence="forged")
def check(each: MxConnectionFacts, report: Reporter) -> None:
    if each.relay == "accepted":
        report(
            f"{each.place} looks like an open relay: it accepts a foreign sender's foreign recipient.",
            location=location(each),
            evidence=(
                f"RCPT TO: {each.relay_reply}",
                "If the server trusts the network this ran from, that is correct: try from outside.",
            ),
            fix="Allow relaying only for your own networks and for users who sign in.",
        )
    elif each.relay == "deferred":
        report.unknown(f"{each.place} gave a temporary reply: {each.relay_reply}")
    elif each.relay == "untested" and not each.relay_reply:
        report.unknown(f"{each.place}: {each.reason or 'the session did not get that far'}")
