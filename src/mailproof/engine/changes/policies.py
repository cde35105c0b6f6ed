"""Changes of DMARC, MX, MTA-STS and TLS reporting."""

from __future__ import annotations

from collections.abc import Iterator

from mailproof.model import (
    UNASKED,
    DmarcFacts,
    DmarcRecord,
    DomainFacts,
    Lookup,
    MtaStsFacts,
    Policy,
    TlsRptFacts,
)
from mailproof.model.changes import Change, ChangePart, Effect
from mailproof.records.dmarc import share, softened, strictness

_MODES = ("none", "testing", "enforce")
_ALIGNMENT = {"r": "relaxed", "s": "strict"}


def dmarc_changes(before: DmarcFacts | None, after: DmarcFacts | None) -> Iterator[Change]:
    """The changes of the policy that applies."""
    doubts = [_doubt("DMARC", _decisive(facts)) for facts in (before, after)]
    if before is None or after is None or any(doubts):
        if before is not None and after is not None and _same_walk(before, after):
            return
        yield _unknown("dmarc", "DMARC", *doubts)
        return
    (old, was), (new, now) = _applied(before), _applied(after)
    if old != new:
        effect = _effect(was, now)
        if effect == "neutral":
            effect = _effect(before.record is not None, after.record is not None)
        sentence = f"The DMARC policy of {after.domain} changes from {old} to {new}{_meaning(effect, now)}."
        yield Change("dmarc", effect, f"policy {old} → {new}", sentence, old, new)
    if before.record is not None and after.record is not None:
        yield from _options(before.record, after.record, after.domain)


def _same_walk(before: DmarcFacts, after: DmarcFacts) -> bool:
    """Whether both sides' zones have the same records, and the rest was not looked up (``--offline``)."""
    one, other = (
        [(step.lookup.name, step.lookup.status, step.lookup.records) for step in facts.walk.steps]
        for facts in (before, after)
    )
    lookups = [step.lookup for facts in (before, after) for step in facts.walk.steps]
    return one == other and all(each.reason == UNASKED for each in lookups if each.undetermined)


def _decisive(facts: DmarcFacts | None) -> Lookup | None:
    """The failed lookup that hides which record applies, else one of those that show it."""
    if facts is None:
        return None
    return facts.unknown or next(step.lookup for step in facts.walk.steps if not step.lookup.undetermined)


def _effect(was: float, now: float) -> Effect:
    """The effect of a change of something of which more is better."""
    return "worse" if now < was else "better" if now > was else "neutral"


def _applied(facts: DmarcFacts) -> tuple[str, float]:
    """The policy in words, and the strictness that takes effect."""
    if facts.record is None or facts.policy is None:
        return "no record", 0
    return _asked(facts.policy, facts.record), _strictness(facts.policy, facts.record)


def _asked(policy: Policy, record: DmarcRecord) -> str:
    """What a policy of the record asks for, in words."""
    if record.testing:
        return f"{policy} (t=y, test mode)"
    pct = share(record)
    return policy if pct == 100 or policy == "none" else f"{policy} (pct={pct})"


def _strictness(policy: Policy, record: DmarcRecord) -> float:
    """``pct=0`` asks older receivers for what ``t=y`` asks current ones; both apply to all policies."""
    pct = share(record)
    asked = strictness(softened(policy, record.testing or not pct))
    return asked - 0.5 if asked and pct not in (0, 100) else asked


def _meaning(effect: Effect, now: float) -> str:
    if effect == "worse":
        return ": receivers will deliver more of the mail that forges it"
    if effect == "better" and now:
        return ": receivers will refuse or junk mail that passes neither SPF nor DKIM with alignment"
    return ""


def _options(old: DmarcRecord, new: DmarcRecord, domain: str) -> Iterator[Change]:
    for name, of in (("sp", "subdomains"), ("np", "subdomains that don't exist")):
        policies = [getattr(each, name) or each.sp or each.p or "none" for each in (old, new)]
        one, other = map(_asked, policies, (old, new))
        if one != other and (getattr(old, name) or getattr(new, name)):
            effect = _effect(*map(_strictness, policies, (old, new)))
            sentence = f"The DMARC policy for {of} of {domain} changes from {one} to {other}."
            yield Change("dmarc", effect, f"policy for {of} {one} → {other}", sentence, one, other)
    for name, what in (("aspf", "SPF"), ("adkim", "DKIM")):
        one, other = _ALIGNMENT[getattr(old, name)], _ALIGNMENT[getattr(new, name)]
        if one != other:
            strict = other == "strict"
            tail = ": mail that passes with a subdomain only will fail DMARC" if strict else ""
            sentence = f"DMARC alignment of {what} changes from {one} to {other}{tail}."
            effect = "worse" if strict else "neutral"
            yield Change("dmarc", effect, f"{what} alignment {one} → {other}", sentence, one, other)
    one, other = (", ".join(_destinations(each)) for each in (old, new))
    if one != other:
        effect = _effect(bool(one), bool(other))
        sentence = f"DMARC aggregate reports go to {other or 'no one'} (before: {one or 'no one'})."
        yield Change(
            "dmarc", effect, f"reports to {one or 'no one'} → {other or 'no one'}", sentence, one, other
        )


def _destinations(record: DmarcRecord) -> Iterator[str]:
    """The usable report destinations."""
    for uri in record.rua:
        if not uri.problem:
            yield uri.address if uri.scheme == "mailto" else uri.text


def mx_changes(before: DomainFacts, after: DomainFacts) -> Iterator[Change]:
    """The changes of the hosts that receive the domain's mail."""
    doubts = [_doubt("MX", facts.mx_lookup) for facts in (before, after)]
    if any(doubts):
        yield _unknown("mx", "MX", *doubts)
        return
    old, new = _hosts(before), _hosts(after)
    if old == new:
        return
    one, other = (", ".join(hosts) or "none" for hosts in (old, new))
    if not new or new == ("0 .",):
        effect: Effect = "worse"
        left = "it will get no mail" if new else "its mail goes to its own addresses, if it has any"
        sentence = f"{after.domain} has no MX host any more (before: {one}): {left}."
    else:
        effect = "better" if not old else "neutral"
        sentence = f"Mail to {after.domain} goes to {other} (before: {one})."
    yield Change("mx", effect, f"{one} → {other}", sentence, one, other)


def _hosts(facts: DomainFacts) -> tuple[str, ...]:
    hosts = (each for each in facts.mx if not each.implicit)
    return tuple(sorted(f"{each.preference} {each.host}" for each in hosts))


def sts_changes(before: MtaStsFacts | None, after: MtaStsFacts | None) -> Iterator[Change]:
    """The changes of MTA-STS, as far as known."""
    yield from _announced("mta_sts", "MTA-STS", before, after)
    one = before.policy.mode if before is not None and before.policy is not None else None
    other = after.policy.mode if after is not None and after.policy is not None else None
    if one is not None and other is not None and one != other:
        effect = _effect(_MODES.index(one), _MODES.index(other))
        sentence = f"The MTA-STS policy changes from mode {one} to {other}."
        yield Change("mta_sts", effect, f"mode {one} → {other}", sentence, one, other)


def rpt_changes(before: TlsRptFacts | None, after: TlsRptFacts | None) -> Iterator[Change]:
    """The changes of TLS reporting."""
    yield from _announced("tls_rpt", "TLS-RPT", before, after)
    if before is None or after is None or before.record is None or after.record is None:
        return
    one, other = (", ".join(uri.text for uri in each.rua) for each in (before.record, after.record))
    if one != other:
        sentence = f"Reports on TLS go to {other} (before: {one})."
        yield Change("tls_rpt", "neutral", f"reports to {one} → {other}", sentence, one, other)


def _announced(
    part: ChangePart,
    title: str,
    before: MtaStsFacts | TlsRptFacts | None,
    after: MtaStsFacts | TlsRptFacts | None,
) -> Iterator[Change]:
    doubts = [_doubt(title, facts.lookup if facts is not None else None) for facts in (before, after)]
    if any(doubts):
        yield _unknown(part, title, *doubts)
        return
    had, has = (
        each is not None and each.record is not None and each.record.valid for each in (before, after)
    )
    if had and not has:
        sentence = f"There is no {title} record any more that senders can use."
        yield Change(part, "worse", f"no {title} record any more", sentence, "a record", "none")
    elif has and not had:
        yield Change(
            part, "better", f"{title} record", f"A record for {title} is published.", "none", "a record"
        )


def _doubt(title: str, lookup: Lookup | None) -> str:
    """Why the result of the lookup is unknown; empty if it is known."""
    if lookup is None:
        return f"{title} was not looked up"
    return lookup.describe() if lookup.undetermined else ""


def _unknown(part: ChangePart, title: str, old: str, new: str) -> Change:
    why = f"OLD: {old}" if old else f"NEW: {new}"
    return Change(part, "unknown", f"could not be compared: {why}", f"{title} could not be compared ({why}).")
