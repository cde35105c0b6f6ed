"""Whether a proposed change is safe to publish: compares the domain with and without the change. Pure.

Each objection is a clause that says what would go wrong; no objection means that the change is proven.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from difflib import get_close_matches

from dns.rdata import Rdata
from msgspec import Struct

from mailproof.dns.answer import Key
from mailproof.dns.text import record_text
from mailproof.engine.owned import owners_texts
from mailproof.engine.proof_spf import spf_objections
from mailproof.model import (
    DmarcRecord,
    DomainFacts,
    Finding,
    Report,
    Severity,
)
from mailproof.records.dkim_repair import canonical_key
from mailproof.records.dmarc import share
from mailproof.records.spf import is_spf

#: Text glued to an address (mailto:, a tag) is not part of it.
_MAILBOX = re.compile(
    r"(?<![A-Za-z0-9._%+-])[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.(?:(?!mailto[:;]|(?:ru[af]|v)\s?=)[A-Za-z0-9-])+)+"
)
_MAILTO = re.compile(r"^mailto[.=]*")
_WORD = re.compile(r"[a-z]{3,12}")
_KEY = re.compile(r"[A-Za-z0-9+/]{40,}={0,2}")
#: "Only monitors" and "test mode" are new if receivers could not read the policy; a changed policy has its
#: own objection.
_KEPT_NONE = ("DMARC011", "DMARC013")


class Change(Struct, frozen=True):
    """One record set, before and after.

    ``alias`` is the target if the name is a CNAME, else "".
    """

    before: tuple[Rdata, ...]
    after: tuple[Rdata, ...]
    ttl: int
    alias: str = ""

    @property
    def removed(self) -> tuple[Rdata, ...]:
        """The records that are removed."""
        return tuple(record for record in self.before if record not in self.after)

    @property
    def published(self) -> tuple[Rdata, ...]:
        """The records that are new."""
        return tuple(record for record in self.after if record not in self.before)


Changes = Mapping[Key, Change]


class Objection(Struct, frozen=True):
    """What would go wrong, as a clause, and the record set to blame (empty if not a single one)."""

    reason: str
    key: Key = ("", "")


def objection(
    before: Report,
    after: Report,
    changes: Changes,
    asked: Mapping[Finding, frozenset[Key]],
    *,
    decision: bool,
    accepted: Report,
) -> Objection | None:
    """Why ``changes`` may not be shown; None if they are proven.

    ``asked`` are the findings that they fix, with the record sets that each one's fix wrote. ``decision``:
    the owner is asked to change a policy or a permission, so these may differ. Findings that surfaced with
    the previously ``accepted`` changes don't count.
    """
    objections = (
        *_beside_alias(changes),
        *_spf(before, after, changes, decision),
        # Correcting a dangling alias brings in the policy of its target.
        *_dmarc(before, after, decision or any(rrtype == "CNAME" for _, rrtype in changes)),
        *_lost(changes, decision),
        *_dane(before, after, changes),
        *_surfaced(before, accepted, after, asked, decision),
    )
    return next(iter(objections), None)


def _beside_alias(changes: Changes) -> Iterator[Objection]:
    """No record beside a CNAME (RFC 1034 section 3.6.2)."""
    for (name, rrtype), change in changes.items():
        alias_goes = (name, "CNAME") in changes and not changes[name, "CNAME"].after
        if change.alias and rrtype != "CNAME" and change.after and not alias_goes:
            reason = f"{name} is an alias (CNAME) for {change.alias}, and a CNAME allows no other record"
            yield Objection(reason, (name, rrtype))


def _spf(before: Report, after: Report, changes: Changes, decision: bool) -> Iterator[Objection]:
    for facts, now in _domains(before, after):
        if facts.spf is None or now.spf is None or facts.spf.root == now.spf.root:
            continue
        key = (facts.domain, "TXT")
        for reason in spf_objections(facts, facts.spf, now.spf, key in changes, decision):
            yield Objection(reason, key)


# --- DMARC ---


def _dmarc(before: Report, after: Report, decision: bool) -> Iterator[Objection]:
    for facts, now in _domains(before, after):
        if facts.dmarc is None or now.dmarc is None or now.dmarc.record == facts.dmarc.record:
            continue
        name = f"_dmarc.{now.dmarc.policy_domain or facts.dmarc.policy_domain or facts.domain}"
        if now.dmarc.record is None:
            reason = f"no DMARC policy would apply to {facts.domain} any more"
            yield Objection(reason, (name, "TXT"))
        elif not decision and not _same_policy(facts, facts.dmarc.record, now.dmarc.record):
            yield Objection(f"the policy at {name} would change", (name, "TXT"))


def _same_policy(facts: DomainFacts, was: DmarcRecord | None, new: DmarcRecord) -> bool:
    """Whether the policy is the current one or, if receivers could not read it, the intended one."""
    if was is not None and was.valid:
        return _effect(was) == _effect(new)
    # A subdomain's policy may be published above the topmost name that we know to be its owner's.
    above = [text for step in facts.dmarc.walk.steps for text in step.other_txt] if facts.dmarc else []
    texts = (*owners_texts(facts, "dmarc"), *above)
    values = {word for text in texts for word in _WORD.findall(text.lower())}
    return new.p in ("none", None) or bool(get_close_matches(new.p, values, 1, 0.8))


def _effect(record: DmarcRecord) -> tuple[object, ...]:
    """What a record makes a receiver do (RFC 9989; t=y replaces pct=0)."""
    testing = record.testing or not share(record)
    sp = record.sp or record.p
    policies = (record.p, sp, record.np or sp)
    return *policies, testing and policies != ("none",) * 3, record.adkim, record.aspf


# --- What must not be lost ---


def _lost(changes: Changes, decision: bool) -> Iterator[Objection]:
    """Report addresses, keys and selectors that would be lost, and the last MX or TLSA record of a name."""
    published = "\n".join(record_text(record) for change in changes.values() for record in change.after)
    bare = re.sub(r"[\s\"\\]", "", published)
    for key, change in changes.items():
        name, rrtype = key
        for text in map(record_text, change.removed if rrtype == "TXT" else ()):
            for mailbox in () if is_spf(text) else _MAILBOX.findall(text):
                if _MAILTO.sub("", mailbox.lower()) not in published.lower():
                    yield Objection(f"reports would no longer go to {mailbox}", key)
            parts = _KEY.findall(re.sub(r"[\s\"\\]", "", text))
            if any(part not in bare for part in parts) and not _same_key(text, changes):
                yield Objection(f"a key at {name} would be lost", key)
        if decision:
            continue
        if rrtype == "CNAME" and "_domainkey" in name and change.removed and not _remains(name, changes):
            yield Objection(f"the selector at {name} would be lost", key)
        if rrtype in ("MX", "TLSA") and change.before and not change.after:
            what = "mail host" if rrtype == "MX" else "TLSA record"
            yield Objection(f"{name} would have no {what}", key)


def _dane(before: Report, after: Report, changes: Changes) -> Iterator[Objection]:
    """TLSA records that would be lost because a mail host gets another name."""
    if any(rrtype == "TLSA" for _, rrtype in changes):
        return
    for facts, now in _domains(before, after):
        had, have = (
            [host.tlsa.found for host in each.dane.hosts] if each.dane else [] for each in (facts, now)
        )
        if any(had) and have.count(False) > had.count(False):
            yield Objection("a mail host would have no TLSA records any more", (facts.domain, "MX"))


def _same_key(text: str, changes: Changes) -> bool:
    """Whether a new record contains the same key, however either is encoded."""
    meant = canonical_key(text)
    after = (record_text(record) for change in changes.values() for record in change.after)
    return bool(meant) and any(canonical_key(other) == meant for other in after)


def _remains(name: str, changes: Changes) -> bool:
    return any(key[0] == name and change.after for key, change in changes.items())


# --- Findings ---


def _surfaced(
    before: Report,
    accepted: Report,
    after: Report,
    asked: Mapping[Finding, frozenset[Key]],
    decision: bool,
) -> Iterator[Objection]:
    """New findings as bad as the ones to be fixed (with a decision: worse), and effects that are unknown."""
    known = {finding.place for finding in accepted.findings}
    for finding in surfaced(before, after):
        if finding.place in known or finding.rule in _KEPT_NONE:
            continue
        where = (finding.location.name, finding.location.rrtype) if finding.location else ("", "")
        causes = [f.severity.rank for f, keys in asked.items() if where in keys]
        # A finding in a changed record is compared with those that changed it; any other with the mildest.
        least = min(causes) if causes else max((f.severity.rank for f in asked), default=2)
        if finding.severity.rank < least + (not decision):
            yield Objection(f"it would cause {finding.rule}: {finding.message}", where)
    rules = {(finding.rule, finding.subject) for finding in asked}
    in_doubt = {(each.check, each.subject) for each in before.outcomes if each.reason}
    for outcome in after.outcomes:
        key = outcome.check, outcome.subject
        if key in rules - in_doubt and outcome.unchecked:
            yield Objection(f"its effect could not be evaluated ({outcome.reason})")


def surfaced(before: Report, after: Report) -> tuple[Finding, ...]:
    """The new errors and warnings, by rule, subject and name."""
    known = {finding.place for finding in before.findings}
    return tuple(
        finding
        for finding in after.findings
        if finding.severity is not Severity.INFO and finding.place not in known
    )


def _domains(before: Report, after: Report) -> list[tuple[DomainFacts, DomainFacts]]:
    """Each domain that both reports have, before and after."""
    one, other = (
        {each.domain: each for each in (report.facts.dns, *report.facts.domains) if each is not None}
        for report in (before, after)
    )
    return [(facts, other[name]) for name, facts in one.items() if name in other]
