"""Return path: domain doesn't exist

## What it checks
The domain of the return path. The rule fires where it does not exist in the DNS (NXDOMAIN).

## Why it matters
Bounces can't come back, and receivers reject such mail: Yahoo with 451 or 554 (unresolvable RFC.5321
domain), Apple and Postfix with 450 4.1.8.

## How to fix
Use a return path in a domain that exists and takes mail. Correct the spelling at the sending service.

## Example
Before:

    Return-Path: <bounce@nowhere.acme.example>

After:

    Return-Path: <alice@acme.example>

## References
- RFC 5321 section 3.6.2
- https://senders.yahooinc.com/smtp-error-codes/
- https://support.apple.com/102322
"""

from mailproof.checks.base import NotApplicable, Reporter, Undetermined, declare
from mailproof.checks.message._facts import in_header
from mailproof.model import MessageFacts, Severity
from mailproof.records.mailboxes import domain_to_ascii


@declare(Severity.ERROR)
def check(facts: MessageFacts, report: Reporter) -> None:
    sender = facts.envelope.mail_from
    if not sender:
        raise NotApplicable("the return path is null" if sender == "" else "the return path is unknown")
    domain = domain_to_ascii(sender.rpartition("@")[2])
    asked = [each for each in facts.lookups if each.name == domain and each.rrtype == "TXT"]
    if not asked:
        raise NotApplicable("the return path's domain was not looked up")
    if not any(each.status == "nxdomain" for each in asked):
        if all(each.undetermined for each in asked):
            raise Undetermined.of(asked[0])
        return
    report(
        f"The return path's domain {domain} does not exist.",
        location=in_header("Return-Path", sender, domain),
        fix=f"Use a return path in a domain that exists, like {facts.from_domain or 'the From domain'}",
    )
