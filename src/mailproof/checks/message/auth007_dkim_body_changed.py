"""DKIM: body changed after signing

## What it checks
The body hash of each signature (`bh=`). The rule fires where it does not match the body. The usual changes
(a footer, blank lines, wrapped lines, another transfer encoding or character set, `>From `, …) are then
undone one by one until the hash matches; the one that restores it is shown as the proven cause. Where the
receiving server verified the signature, this copy was changed afterwards: the result is unknown.

## Why it matters
Something on the way changed the body: a footer, a virus scanner's banner, rewrapped lines, another transfer
encoding. Receivers report `body hash did not verify`, and DMARC can't pass by this signature.

## How to fix
Sign after the last program that changes the body, or stop the change: no footers after signing,
`c=relaxed/relaxed`, and quoted-printable or base64 with lines under 998 octets.

## Example
Before (the scanner runs after the signer):

    … your order has been sent.
    --
    This message was scanned.

After (no footer, or one that is there before signing):

    … your order has been sent.

## References
- RFC 6376 section 3.7
- RFC 6376 section 6.1.3
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.message._causes import remedy, where
from mailproof.checks.message._facts import failure_severity, signature_place, with_code
from mailproof.model import DkimVerdict, MessageFacts, Severity


@declare(Severity.ERROR, each=with_code("body-hash", "body-too-short", "body-and-signature", needs_body=True))
def check(facts: MessageFacts, verdict: DkimVerdict, report: Reporter) -> None:
    whole = "the body" if verdict.code != "body-and-signature" else "the body and the signed headers"
    rest = "; the signed headers verify, so the key is right" if verdict.signature_valid else ""
    proven = verdict.cause_reason
    cause = f": {proven}" if proven and verdict.cause != "other-key" else ""
    place = f" (at {verdict.cause_hop})" if cause and verdict.cause_hop else ""
    hosts = tuple(dict.fromkeys(hop.by for hop in facts.received if hop.by))[:6]
    report(
        f"{whole[0].upper()}{whole[1:]} changed after {verdict.domain} signed the message (selector "
        f"{verdict.selector}, c={verdict.canonicalization}){cause}{place}{rest}.",
        location=signature_place(facts, verdict),
        evidence=(
            f"code {verdict.code}: {verdict.reason}",
            f"proven: with this change undone, the hash matches ({verdict.cause})"
            if cause
            else "undoing the usual changes does not restore the hash",
            *(where(verdict) if cause else ()),
            f"handled by: {', '.join(hosts)}",
        ),
        fix=remedy(
            facts,
            verdict,
            "Sign after the last program that changes the body (footer, disclaimer, scanner), or stop it",
        ),
        severity=failure_severity(facts, verdict),
    )
