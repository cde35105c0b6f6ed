"""DKIM: signature doesn't verify

## What it checks
The signature itself (`b=`), checked over the signed header fields with the published key. Where it fails,
an RSA signature shows whether the published key made it. If so, the usual changes (a Subject tag, a From
rewritten by a list, fields added, removed or refolded) are undone until it verifies. Where the receiving
server verified it, this copy or its key was changed afterwards: the result is unknown.

## Why it matters
Either a signed field (Subject, To, …) was changed after signing, or the published key is not the signer's.
Receivers treat the mail as unsigned.

## How to fix
Compare the public key of the signing server with the published one. Look for programs that rewrite header
fields after signing (Subject tags, list software).

## Example
Before (tagged after signing):

    Subject: [SPAM?] Your order

After:

    Subject: Your order

## References
- RFC 6376 section 6.1.3
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.message._causes import remedy, where
from mailproof.checks.message._facts import (
    failure_severity,
    signature_place,
    the_signature,
    with_code,
)
from mailproof.model import DkimVerdict, MessageFacts, Severity


@declare(Severity.ERROR, each=with_code("signature"))
def check(facts: MessageFacts, verdict: DkimVerdict, report: Reporter) -> None:
    place = f" (at {verdict.cause_hop})" if verdict.cause_hop else ""
    if verdict.key_matches is False:
        message = (
            f"{the_signature(verdict)} was not made with the key published at {verdict.key_name}: "
            "another key signed, or the key has been replaced since."
        )
    elif verdict.cause_reason:
        message = f"{the_signature(verdict)} does not verify: {verdict.cause_reason}{place}."
    elif verdict.body_valid:
        message = (
            f"{the_signature(verdict)} does not verify, but the body is intact: a signed header "
            f"field was changed, or the key at {verdict.key_name} does not belong to the signing key."
        )
    else:
        message = f"{the_signature(verdict)} does not verify: {verdict.reason}."
    report(
        message,
        location=signature_place(facts, verdict),
        evidence=(f"signed fields: {', '.join(verdict.signed_headers[:30])}", *where(verdict)),
        fix=(
            f"Publish the public key of the signing server at {verdict.key_name}, or sign with the "
            "private key that belongs to it (old mail: its key may have been rotated out)"
            if verdict.key_matches is False
            else remedy(
                facts,
                verdict,
                f"Compare the public key of the signing server with {verdict.key_name}; if they "
                "match, find what rewrites the signed fields after signing",
            )
        ),
        severity=failure_severity(facts, verdict),
    )
