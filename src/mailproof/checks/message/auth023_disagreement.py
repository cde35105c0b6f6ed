"""Receiver saw another result than we do

## What it checks
The results in the border's `Authentication-Results` are those that we come to.

## Why it matters
A difference tells that something changed since (a key rotated, a record mended, a header altered by a
later hop or by saving), or that the receiver's software judges otherwise than the RFC.

## How to fix
Read the note: where the DNS changed since, use a recording of its day; else trust the receiver's word for
what it did with the message.

## References
- RFC 8601 section 2.7
"""

from mailproof.checks.base import NotApplicable, Reporter, declare
from mailproof.checks.message._facts import in_header
from mailproof.model import MessageFacts, Severity

RULE = declare(__name__, __doc__, Severity.WARNING, consequence="tidy")


def check(facts: MessageFacts, report: Reporter) -> None:
    trusted = [result for result in facts.authentication_results if result.trusted]
    if not trusted:
        raise NotApplicable("there is no Authentication-Results header of the trusted border")
    for result in trusted:
        for method in result.methods:
            if method.agrees is False:
                named = " ".join(f"{p.ptype}.{p.name}={p.value}" for p in method.properties if p.ptype)
                report(
                    f"{result.authserv_id or facts.trust} says {method.method}={method.result} "
                    f"{f'({named}) ' if named else ''}and we say {method.ours}: {method.note}.",
                    location=in_header(
                        "Authentication-Results", result.raw, f"{method.method}={method.result}"
                    ),
                    evidence=(f"comment: {method.comment}",) if method.comment else (),
                )
