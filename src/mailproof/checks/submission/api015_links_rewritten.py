"""Submission: links rewritten on the way

## What it checks
The links in the HTML of the message that arrived. The rule fires where they lead to hosts that no link of
the message sent has.

## Why it matters
Click tracking sends readers through a host of the provider: it breaks DKIM signatures made before, shares
the host's reputation with its other customers, and shows what people click. A filter of the receiver may
rewrite links too.

## How to fix
Remove `tracking = true` from the profile, or turn click tracking off at the provider (for Resend and Brevo
it is a setting of the domain or account), or have it use a host of your own domain.

## Example
Before:

    <a href="https://click.provider.example/ls/click?upn=abc">

After:

    <a href="https://acme.example/welcome">

## References
- RFC 6376 section 3.7
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.delivery import comparison, submission
from mailproof.model import ComparisonFacts, DeliveryFacts, HttpSubmission, Severity


@declare(Severity.WARNING, comparison)
def check(facts: DeliveryFacts, found: ComparisonFacts, report: Reporter) -> None:
    if not found.new_link_hosts:
        return
    hosts = ", ".join(found.new_link_hosts[:5])
    sent = submission(facts)
    wanted = isinstance(sent, HttpSubmission) and sent.tracking
    report(
        f"Links in the message lead to {hosts}, where no link that was sent does.",
        evidence=found.new_link_hosts[:20],
        fix=(
            "Remove tracking = true from the profile's submit section"
            if wanted
            else "Turn off click tracking at the provider; if it is a filter of the receiver, let it be"
        ),
    )
