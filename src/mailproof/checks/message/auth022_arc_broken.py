"""ARC: broken chain

## What it checks
The ARC sets of the message. The rule fires where the chain does not validate: a set is incomplete, a seal
fails, or the newest message signature does.

## Why it matters
A receiver trusts what a forwarder saw only over an unbroken chain. A broken chain stays broken, and DMARC
failures are then not excused.

## How to fix
The forwarder named in the finding must seal after its last change to the message.

## Example
Before (the footer was added after sealing):

    Authentication-Results: mx.rcpt.test; arc=fail

After (no change after sealing):

    Authentication-Results: mx.rcpt.test; arc=pass

## References
- RFC 8617 section 5.2
"""

from mailproof.checks.base import NotApplicable, Reporter, Undetermined, declare
from mailproof.checks.message._facts import failed
from mailproof.message.doubt import UNVERIFIED
from mailproof.model import MessageFacts, Severity

_WORDS = {True: "valid", False: "invalid", None: "not checked"}


@declare(Severity.WARNING)
def check(facts: MessageFacts, report: Reporter) -> None:
    failed(facts, "arc")
    arc = facts.arc
    if arc is None or arc.result == "none":
        raise NotApplicable("the message has no ARC chain")
    if arc.result == "temperror" or arc.code in UNVERIFIED:
        raise Undetermined(f"ARC: {arc.reason}", (arc.failed,) if arc.failed is not None else ())
    if arc.result != "pass":
        by = f" (broken at {arc.broken_by})" if arc.broken_by else ""
        report(
            f"The ARC chain of {arc.instance} set(s) does not validate{by}: {arc.reason}.",
            evidence=tuple(
                f"i={one.instance} {one.domain} cv={one.chain_validation} seal={_WORDS[one.seal_valid]} "
                f"signature={_WORDS[one.signature_valid]}"
                for one in arc.sets
            ),
            fix="Have the forwarder seal (ARC) after its last change, and keep older sets as they are",
        )
