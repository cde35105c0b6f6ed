"""List-Unsubscribe: not signed

## What it checks
Messages that offer one-click unsubscribe. The rule fires where `List-Unsubscribe` and
`List-Unsubscribe-Post` are not both in `h=` of one valid DKIM signature.

## Why it matters
Receivers must not offer it then: Gmail shows no button, and its rule for bulk senders counts as not met.

## How to fix
Add both names to the list of signed fields, and add the fields before signing.

## Example
Before:

    DKIM-Signature: v=1; d=acme.example; h=from:to:subject:list-unsubscribe:from; …

After:

    DKIM-Signature: v=1; d=acme.example;
     h=from:to:subject:list-unsubscribe:list-unsubscribe-post:from; …

## References
- RFC 8058 section 4
"""

from mailproof.checks.base import NotApplicable, Reporter, declare, some
from mailproof.checks.message._facts import failed, in_header, report_unverified, values
from mailproof.model import MessageFacts, Severity


@declare(Severity.WARNING)
def check(facts: MessageFacts, report: Reporter) -> None:
    names = [n for n in ("List-Unsubscribe", "List-Unsubscribe-Post") if values(facts, n)]
    if "List-Unsubscribe-Post" not in names:
        raise NotApplicable("the message offers no one-click unsubscribe")
    if any(all(n.lower() in v.signed_headers for n in names) for v in facts.dkim if v.result == "pass"):
        return
    failed(facts, "dkim")
    report_unverified(facts, report)
    passing = some(
        (v for v in facts.dkim if v.result == "pass"), "no DKIM signature that could cover it passes"
    )
    left = [n for n in names if not any(n.lower() in v.signed_headers for v in passing)] or names
    report(
        f"{' and '.join(left)} {'is' if len(left) == 1 else 'are'} not in h= of a valid DKIM "
        "signature: receivers show no unsubscribe button.",
        location=in_header(left[0], values(facts, left[0])[0]),
        evidence=tuple(f"d={v.domain}: h={':'.join(v.signed_headers[:40])}" for v in passing),
        fix="Add List-Unsubscribe and List-Unsubscribe-Post to the list of signed fields",
    )
