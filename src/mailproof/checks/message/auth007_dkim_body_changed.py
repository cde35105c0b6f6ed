"""Body was changed after signing

## What it checks
The body hash (`bh=`) of each signature matches the body of the message. Where it does not, the usual
manglings are undone one after another (a footer, blank lines, wrapped lines, another transfer encoding or
character set, `>From `, …) until the hash is restored: what did that is named as the proven cause.

## Why it matters
Something on the way changed the body: a footer, a virus scanner's banner, re-wrapped lines, another
transfer encoding. Receivers report `body hash did not verify`, and DMARC loses its DKIM leg.

## How to fix
Sign after the last program that changes the body, or stop the change: no footers after signing,
`c=relaxed/relaxed`, and content in quoted-printable or base64 with lines under 998 octets.

## References
- RFC 6376 section 3.7
- RFC 6376 section 6.1.3
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.message._causes import remedy, where
from mailproof.checks.message._facts import failure_severity, signature_place, with_code
from mailproof.model import Fix, MessageFacts, Severity

RULE = declare(__name__, __doc__, Severity.ERROR)


def check(facts: MessageFacts, report: Reporter) -> None:
    for verdict in with_code(
        facts, report, "body-hash", "body-too-short", "body-and-signature", needs_body=True
    ):
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
                f"proven: the hash is the signed one with this undone ({verdict.cause})"
                if cause
                else "none of the usual changes, undone, restores the hash",
                *(line for line in (where(verdict),) if line and cause),
                f"handled by: {', '.join(hosts)}",
            ),
            fix=Fix(
                remedy(
                    verdict,
                    "sign after the last program that changes the body (footer, disclaimer, scanner), "
                    "or stop it",
                )
            ),
            severity=failure_severity(facts, verdict),
        )
