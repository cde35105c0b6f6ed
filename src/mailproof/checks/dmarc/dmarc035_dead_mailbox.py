"""DMARC: report address can't receive mail

## What it checks
The domain of each `rua` and `ruf` mailto address. The rule fires where it can't take mail: it doesn't
exist, has a null MX, or has neither an MX nor an address.

## Why it matters
The reports can't be delivered. You don't see who sends as your domain, and no error reaches you.

## How to fix
Use a mailbox that exists, or set up mail for its domain.

## Example
Before:

    _dmarc.acme.example. TXT "v=DMARC1; p=reject; rua=mailto:acme@gone.example"

After:

    _dmarc.acme.example. TXT "v=DMARC1; p=reject; rua=mailto:dmarc@acme.example"
    acme.example. MX 10 mail.acme.example.
    mail.acme.example. A 192.0.2.25

## References
- RFC 9989 section 4.7
- RFC 5321 section 5.1
- RFC 7505
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.dmarc._facts import Applied, applied
from mailproof.model import Severity


@declare(Severity.WARNING, applied, consequence="reports")
def check(found: Applied, report: Reporter) -> None:
    for each in found.dmarc.destinations:
        if each.mail is None:
            continue
        if each.takes_mail is None:
            report.unanswered(each.mail)
        if each.takes_mail is not False:
            continue
        gone = each.mail.status == "nxdomain"
        why = "does not exist" if gone else "has neither an MX record nor an address"
        if each.mail.found:
            why = "takes no mail (null MX)"
        public = "." in each.domain and not each.domain[-1].isdigit()
        instead = f", or set up mail for {each.domain}" if public else ""
        report(
            f"Reports to {each.uri} can't be delivered: {each.domain} {why}.",
            location=found.at_destination(each),
            evidence=(each.mail.describe(), *each.mail.records[:3]),
            fix=f"Use a mailbox that you read in {each.tag}={instead}.",
        )
