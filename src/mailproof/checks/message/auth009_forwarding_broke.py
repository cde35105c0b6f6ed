"""Forwarding broke the authentication

## What it checks
Where a message was forwarded or came over a list, either SPF or an aligned DKIM signature survived it.

## Why it matters
A forwarder's address is not in the sender's SPF record, so SPF fails with every plain forwarding. Only a
DKIM signature of the From domain that arrives intact keeps DMARC passing; without it receivers refuse
(550 5.7.26, 5.7.515).

## How to fix
The sender signs with DKIM for the From domain; the forwarder leaves body and signed headers alone,
rewrites the return path (SRS) and seals with ARC; lists rewrite From.

## References
- RFC 7960 section 2
- RFC 8617
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.message._facts import dmarc_of, signature_place
from mailproof.model import Fix, MessageFacts, Severity

RULE = declare(
    __name__,
    __doc__,
    Severity.ERROR,
    because_of=("AUTH007", "AUTH008", "AUTH002", "AUTH003", "AUTH004", "AUTH005", "AUTH006"),
)


def check(facts: MessageFacts, report: Reporter) -> None:
    """An error where forwarding broke DMARC, a warning or remark where the signature survived it."""
    dmarc = dmarc_of(facts)
    spf = facts.spf
    if not facts.forwarded or spf is None or spf.result in ("temperror",) or dmarc.spf_aligned:
        return
    passed_on = (
        f"SPF now judges the forwarder (pass for {spf.domain} from {spf.ip})"
        if spf.result == "pass"
        else f"SPF breaks ({spf.result} for {spf.domain} from {spf.ip})"
    )
    own = [v for v in facts.dkim if v.aligned]
    if any(v.result == "pass" for v in own):
        report(
            f"The message was forwarded: {passed_on}, and only the surviving DKIM signature proves From.",
            evidence=facts.forwarding,
            fix=Fix(
                f"keep signing with DKIM for {facts.from_domain}; the forwarder should rewrite the return "
                "path (SRS), and nothing is wrong in the SPF record"
            ),
            severity=Severity.INFO if spf.result == "pass" else Severity.WARNING,
        )
        return
    state = (
        f"the DKIM signature of {own[0].domain} did not survive ({own[0].code})"
        if own
        else f"there is no DKIM signature for {facts.from_domain} that could survive it"
    )
    report(
        f"The message seems to have been forwarded: {passed_on}, and {state}.",
        location=signature_place(facts, own[0]) if own else None,
        evidence=(*facts.forwarding, *_arc(facts), _DOUBT),
        fix=Fix(
            f"sign with DKIM for {facts.from_domain} at the sender; the forwarder must leave body and signed "
            "headers alone, rewrite the return path (SRS) and seal with ARC"
        ),
        severity=Severity.ERROR if dmarc.result == "fail" else Severity.WARNING,
    )


_DOUBT = "older hops can be forged: without a signature a forwarded message looks like a forged one"


def _arc(facts: MessageFacts) -> tuple[str, ...]:
    """What ARC tells of it."""
    return (facts.arc.explains,) if facts.arc is not None and facts.arc.explains else ()
