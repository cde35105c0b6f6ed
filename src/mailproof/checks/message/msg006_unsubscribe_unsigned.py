"""List-Unsubscribe headers are not signed

## What it checks
Where the message offers one-click unsubscribing, `List-Unsubscribe` and `List-Unsubscribe-Post` are both
in `h=` of a valid DKIM signature.

## Why it matters
Otherwise receivers must not offer it: Gmail shows no button, and the bulk-sender rule counts as unmet.

## How to fix
Add both names to the headers that are signed, and add the headers before signing.

## References
- RFC 8058 section 4
"""

from mailproof.checks.base import NotApplicable, Reporter, declare
from mailproof.checks.message._facts import failed, in_header, unjudged, values
from mailproof.model import Fix, MessageFacts, Severity

RULE = declare(__name__, __doc__, Severity.WARNING)


def check(facts: MessageFacts, report: Reporter) -> None:
    names = [n for n in ("List-Unsubscribe", "List-Unsubscribe-Post") if values(facts, n)]
    if "List-Unsubscribe-Post" not in names:
        raise NotApplicable("the message offers no one-click unsubscribing")
    if any(all(n.lower() in v.signed_headers for n in names) for v in facts.dkim if v.result == "pass"):
        return
    failed(facts, "dkim")
    unjudged(facts, report)
    passing = [v for v in facts.dkim if v.result == "pass"]
    if not passing:
        raise NotApplicable("no DKIM signature passes that could cover it")
    left = [n for n in names if not any(n.lower() in v.signed_headers for v in passing)] or names
    report(
        f"{' and '.join(left)} {'is' if len(left) == 1 else 'are'} not in h= of a valid DKIM "
        "signature: receivers show no "
        "unsubscribe button.",
        location=in_header(left[0], values(facts, left[0])[0]),
        evidence=tuple(f"d={v.domain}: h={':'.join(v.signed_headers[:40])}" for v in passing),
        fix=Fix("add List-Unsubscribe and List-Unsubscribe-Post to the headers that are signed"),
    )
