"""DKIM signature does not match

## What it checks
The signature (`b=`) of each DKIM-Signature verifies over the signed headers with the published key. Where
it does not, an RSA signature tells whether the published key made it; if so, the usual changes of headers (a
Subject tag, a From rewritten by a list, added, removed or refolded fields) are undone until it verifies.

## Why it matters
Either a signed header (Subject, To, …) was changed after signing, or the key in the DNS is not the pair
of the one that signed. The mail counts as unsigned.

## How to fix
Compare the public key of the signing server with the published one; look for programs that rewrite
headers (subject tags, list software) after signing.

## References
- RFC 6376 section 6.1.3
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.message._causes import remedy, where
from mailproof.checks.message._facts import (
    failure_severity,
    key_name,
    signature_place,
    the_signature,
    with_code,
)
from mailproof.model import Fix, MessageFacts, Severity

RULE = declare(__name__, __doc__, Severity.ERROR)


def check(facts: MessageFacts, report: Reporter) -> None:
    for verdict in with_code(facts, report, "signature"):
        place = f" (at {verdict.cause_hop})" if verdict.cause_hop else ""
        if verdict.key_matches is False:
            message = (
                f"{the_signature(verdict)} was not made with the key published at {key_name(verdict)}: "
                "another key signed, or the key was replaced since."
            )
        elif verdict.cause_reason:
            message = f"{the_signature(verdict)} does not verify: {verdict.cause_reason}{place}."
        elif verdict.body_valid:
            message = (
                f"{the_signature(verdict)} does not verify though the body is intact: a signed "
                f"header was changed, or the key at {key_name(verdict)} is not the pair of the signing key."
            )
        else:
            message = f"{the_signature(verdict)} does not verify: {verdict.reason}."
        report(
            message,
            location=signature_place(facts, verdict),
            evidence=(
                f"signed headers: {', '.join(verdict.signed_headers[:30])}",
                *(line for line in (where(verdict),) if line),
            ),
            fix=Fix(
                f"publish the public key of the signing server at {key_name(verdict)}, or sign with the "
                "private key that belongs to it (old mail: its key may have been rotated out)"
                if verdict.key_matches is False
                else remedy(
                    verdict,
                    f"compare the public key of the signing server with {key_name(verdict)}; if they "
                    "match, find what rewrites the signed headers after signing",
                )
            ),
            severity=failure_severity(facts, verdict),
        )
