"""Shared by the rules on a message: guards, texts about signatures, locations in the header."""

from __future__ import annotations

from mailproof.checks.base import NotApplicable, Reporter, Undetermined, collected, parametrized, some
from mailproof.message.doubt import UNVERIFIED
from mailproof.model import (
    DkimVerdict,
    DmarcVerdict,
    Location,
    Lookup,
    MessageFacts,
    ReceivedHop,
    Severity,
    SpfVerdict,
)


def failed(facts: MessageFacts, collector: str) -> None:
    """Raise Undetermined if that part could not be checked."""
    for failure in facts.failures:
        if failure.collector == collector:
            raise Undetermined(f"could not check {collector}: {failure.reason}")


def require_border(facts: MessageFacts) -> None:
    """Raise NotApplicable for mail within one organization, where no receiving server checks SPF."""
    if facts.inside:
        raise NotApplicable(facts.inside)


def spf_of(facts: MessageFacts) -> SpfVerdict:
    """The SPF verdict on the return path. Raises Undetermined if there is none or the DNS failed."""
    require_border(facts)
    failed(facts, "spf")
    spf = collected(facts.spf, f"could not check SPF: {facts.envelope.origin}")
    if spf.result == "temperror":
        failed_at = (spf.failed,) if spf.failed is not None else ()
        raise Undetermined(f"SPF of {spf.domain}: {spf.reason}", failed_at)
    return spf


def signatures_of(facts: MessageFacts) -> tuple[DkimVerdict, ...]:
    """The verdicts on the signatures. Raises NotApplicable if there are none."""
    failed(facts, "dkim")
    return some(facts.dkim, "the message has no DKIM signature")


def report_unverified(facts: MessageFacts, report: Reporter, *, needs_body: bool = True) -> None:
    """Report the signatures that could not be verified: the DNS failed, or there is no body."""
    for verdict in facts.dkim:
        open_ = verdict.code in UNVERIFIED and (needs_body or verdict.code != "no-body")
        if verdict.result == "temperror" or open_:
            cause = f": {verdict.cause_reason}" if verdict.cause_reason else ""
            report.unknown(f"{label(verdict)}: {verdict.reason}{cause}", _without_key(verdict))


def passing(facts: MessageFacts, report: Reporter) -> list[DkimVerdict]:
    """The signatures that pass; reports those that could not be verified as unknown."""
    report_unverified(facts, report)
    return [verdict for verdict in signatures_of(facts) if verdict.result == "pass"]


def dmarc_of(facts: MessageFacts) -> DmarcVerdict:
    """The DMARC verdict. Raises Undetermined if it is unknown."""
    require_border(facts)
    failed(facts, "dmarc")
    dmarc = collected(facts.dmarc, "could not check DMARC")
    if dmarc.result == "temperror":
        raise Undetermined(dmarc.reason, _behind_dmarc(facts))
    return dmarc


def _without_key(verdict: DkimVerdict) -> tuple[Lookup, ...]:
    """The lookup of the key, if it failed."""
    return (verdict.key_lookup,) if verdict.key_lookup is not None and verdict.key_lookup.undetermined else ()


def _behind_dmarc(facts: MessageFacts) -> tuple[Lookup, ...]:
    """The failed lookups because of which DMARC is unknown: of the policy, SPF and keys."""
    walk = facts.dmarc.walk if facts.dmarc is not None else None
    no_policy = facts.dmarc is not None and not facts.dmarc.policy_domain
    if no_policy and walk is not None and walk.unknown is not None:
        return (walk.unknown,)
    spf = facts.spf.failed if facts.spf is not None else None
    return (
        *((spf,) if spf is not None else ()),
        *(lookup for verdict in facts.dkim for lookup in _without_key(verdict)),
        *((walk.unknown,) if walk is not None and walk.unknown is not None else ()),
    )


@parametrized
def with_code(
    facts: MessageFacts, report: Reporter, *codes: str, needs_body: bool = False
) -> list[DkimVerdict]:
    """The signatures with one of these codes; reports those that could not be verified as unknown."""
    report_unverified(facts, report, needs_body=needs_body)
    return [verdict for verdict in signatures_of(facts) if verdict.code in codes]


def label(verdict: DkimVerdict) -> str:
    """A signature in words."""
    return f"the DKIM signature of {verdict.domain} (selector {verdict.selector})"


def failure_severity(facts: MessageFacts, verdict: DkimVerdict) -> Severity:
    """The severity of a failed signature: a warning if another one authenticates the From domain, or if this
    one could not have done so.
    """
    proven = any(v.result == "pass" and v.aligned for v in facts.dkim)
    foreign = verdict.domain != "" and verdict.aligned is False
    return Severity.WARNING if proven or foreign else Severity.ERROR


def values(facts: MessageFacts, name: str) -> tuple[str, ...]:
    """The values of all header fields of that name, from the top."""
    return facts.by_name.get(name.lower(), ())


def pointed(name: str, rrtype: str, record: str, part: str) -> Location:
    """A location in a record; ``part`` is the text at fault, if it is there."""
    start = record.find(part) if part else -1
    if start < 0:
        return Location(name, rrtype, record)
    return Location(name, rrtype, record, start, start + len(part))


def in_header(name: str, value: str = "", part: str = "") -> Location:
    """The same in a header field."""
    return pointed(name, "header", value, part)


def signature_place(facts: MessageFacts, verdict: DkimVerdict) -> Location:
    """The DKIM-Signature field of a verdict, pointing at s=, so that each has its own fingerprint."""
    texts = values(facts, "DKIM-Signature")
    text = texts[verdict.index] if verdict.index < len(texts) else ""
    start = f" {text}".find(f" s={verdict.selector}") if verdict.selector else -1
    if start < 0:
        return in_header("DKIM-Signature", text, f"d={verdict.domain}")
    end = start + len(verdict.selector) + 2
    return Location(name="DKIM-Signature", rrtype="header", record=text, start=start, end=end)


def key_place(verdict: DkimVerdict) -> Location:
    """The key record of a verdict."""
    text = verdict.key.text if verdict.key else ""
    return Location(name=verdict.key_name, rrtype="TXT", record=text)


def handover_of(facts: MessageFacts) -> ReceivedHop:
    """The hop at which the receiving server accepted the message. Raises Undetermined if it is unknown."""
    require_border(facts)
    return collected(
        facts.handover, f"the hop that handed the message over is unknown: {facts.envelope.origin}"
    )


def require_travelled(facts: MessageFacts) -> None:
    """Raise NotApplicable for a bounce from one's own server and for mail within one organization, which no
    receiving server needs to check.
    """
    require_border(facts)
    if facts.bounce is not None and facts.handover is None:
        raise NotApplicable("a bounce that came from no other server")


def record_at(facts: MessageFacts, name: str, prefix: str) -> str:
    """The TXT record at a name with this prefix, from the lookups made; "" if there is none."""
    for lookup in facts.lookups:
        if lookup.name == name and lookup.rrtype == "TXT":
            return next((text for text in lookup.records if text.lower().startswith(prefix)), "")
    return ""


def the_signature(verdict: DkimVerdict) -> str:
    """A signature in words, to begin a sentence."""
    return f"The DKIM signature of {verdict.domain} (selector {verdict.selector})"
