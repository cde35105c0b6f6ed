"""Whether a proposed change is safe to publish: the domain as it is against the domain with the change. Pure.

Each objection is a clause that says what would go wrong; "" means that the change is proven.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from unicodedata import category

from dns.rdata import Rdata
from msgspec import Struct

from mailproof.dns.patch import Key
from mailproof.dns.text import record_text
from mailproof.model import (
    MAX_LOOKUPS,
    MAX_VOID_LOOKUPS,
    DmarcRecord,
    DomainFacts,
    Finding,
    Report,
    Severity,
    SpfFacts,
    SpfNode,
    SpfRecord,
    SpfTerm,
)
from mailproof.records.address_set import EVERYTHING, AddressSet
from mailproof.records.dkim_repair import key_meant
from mailproof.records.dmarc import percent
from mailproof.records.spf import is_spf, parse_spf, read_spf, rest_of
from mailproof.records.spf.allowed import SpfPartition, evaluable, matched_by, partition_of

_ALL = re.compile(r"([-~?+]?)all(?![a-z0-9_.:=/-])", re.IGNORECASE)
_MAILBOX = re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
#: Domain names and addresses.
_NAME = re.compile(r"[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)+")
_WORD = re.compile(r"[a-z]{3,12}")
_KEY = re.compile(r"[A-Za-z0-9+/]{40,}={0,2}")
#: Hosts that a provider writes into the zone by itself; a change there would not last.
_GENERATED = ("_dc-mx.",)


class Change(Struct, frozen=True):
    """One record set: as it is and as it is to be.

    ``alias`` is what the name is a CNAME for, "" where it is none.
    """

    before: tuple[Rdata, ...]
    after: tuple[Rdata, ...]
    ttl: int
    alias: str = ""

    @property
    def removed(self) -> tuple[Rdata, ...]:
        """The records that go."""
        return tuple(record for record in self.before if record not in self.after)

    @property
    def published(self) -> tuple[Rdata, ...]:
        """The records that are new."""
        return tuple(record for record in self.after if record not in self.before)


Changes = Mapping[Key, Change]


class Objection(Struct, frozen=True):
    """What would go wrong, as a clause, and the record set to blame ("" where it is no single one)."""

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
    """Why ``changes`` may not be shown; None where they are proven.

    ``asked`` are the findings that they are for, with the records that each one's fix wrote. ``decision``:
    the owner is asked for a policy or a permission to change, so that these may differ. What came up with
    the changes ``accepted`` before is not held against these.
    """
    objections = (
        *_beside_alias(changes),
        *_spf(before, after, changes, decision),
        *_dmarc(before, after, decision),
        *_lost(changes, decision),
        *_surfaced(before, accepted, after, asked),
    )
    return next(iter(objections), None)


def foreign(report: Report, name: str) -> str:
    """Why the owner cannot publish at a name; "" where it is the owner's."""
    home = _home(report.facts.dns) if report.facts.dns is not None else report.subject
    if name != home and not name.endswith(f".{home}"):
        return f"{name} is not in your zone"
    if name.startswith(_GENERATED):
        return f"{name} is written by your DNS provider"
    return ""


def _beside_alias(changes: Changes) -> Iterator[Objection]:
    """No record beside a CNAME (RFC 1034 section 3.6.2)."""
    for (name, rrtype), change in changes.items():
        alias_goes = (name, "CNAME") in changes and not changes[name, "CNAME"].after
        if change.alias and rrtype != "CNAME" and change.after and not alias_goes:
            reason = f"{name} is an alias (CNAME) for {change.alias}, and a CNAME allows no other record"
            yield Objection(reason, (name, rrtype))


def _home(facts: DomainFacts) -> str:
    """The highest name that is surely the owner's."""
    found = facts.dmarc.walk.organizational_domain if facts.dmarc is not None else ""
    inside = found and (facts.domain == found or facts.domain.endswith(f".{found}"))
    return found if inside else facts.domain


# --- SPF ---


def _spf(before: Report, after: Report, changes: Changes, decision: bool) -> Iterator[Objection]:
    later = {facts.domain: facts for facts in _domains(after)}
    for facts in _domains(before):
        now = later.get(facts.domain)
        if facts.spf is None or now is None or now.spf is None or facts.spf.root == now.spf.root:
            continue
        key = (facts.domain, "TXT")
        for reason in _spf_of(facts, facts.spf, now.spf, key in changes, decision):
            yield Objection(reason, key)


def _spf_of(facts: DomainFacts, was: SpfFacts, now: SpfFacts, changed: bool, decision: bool) -> Iterator[str]:
    domain, root = now.domain, now.root
    if root.status in ("none", "unknown") and was.root.status == root.status:
        return
    if root.status == "none" and was.root.status != "none":
        yield f"{domain} would have no SPF record any more"
        return
    if (changed or not permerror(was)) and (why := permerror(now)):
        yield f"the SPF record of {domain} would still be a permerror: {why}"
    if root.record is None or not root.record.valid or not evaluable(root):
        return
    senders = partition_of(root)
    same = was.root.record is not None and was.root.record.text == root.record.text
    if not (senders.passing or senders.open_terms or same) and facts.profile == "sending":
        yield f"no host could send mail as {domain} any more"
    if _everyone(root) and not (was.root.status == "ok" and evaluable(was.root) and _everyone(was.root)):
        yield f"every host could send mail as {domain}"
    if decision:
        return
    if lost := _lost_senders(was.root, senders, root.record):
        yield f"{lost} could no longer send mail as {domain}"
    written = _written(facts, was)
    if changed and written is not None and _qualifier(root) not in written:
        yield f"the SPF record of {domain} would treat all other hosts differently than today"


def permerror(spf: SpfFacts) -> str:
    """Why a receiver that tries every term may come to permerror (RFC 7208); "" where it cannot."""
    if why := _broken(spf.root):
        return why
    if spf.lookup_count > MAX_LOOKUPS:
        return f"{spf.lookup_count} DNS lookups, and the limit is {MAX_LOOKUPS}"
    record = spf.root.record
    unsure = [t.text for t in record.terms if t.name == "ptr" or "%" in t.value] if record is not None else []
    if len(spf.void_lookups) + len(unsure) > MAX_VOID_LOOKUPS:
        also = f", with {', '.join(unsure)} for hosts that it does not match" if unsure else ""
        return f"more than {MAX_VOID_LOOKUPS} void lookups{also}"
    return ""


def _broken(node: SpfNode) -> str:
    if node.status == "multiple":
        return f"{node.domain} has {len(node.records)} SPF records"
    if node.status == "none":
        return f"{node.domain} has no SPF record"
    if node.record is not None and not node.record.valid:
        return next(problem.message for problem in node.record.problems if problem.fatal)
    if node.status in ("syntax", "loop", "limit"):
        return node.reason or f"{node.domain}: {node.status}"
    return next((why for cost in node.costs if cost.child is not None and (why := _broken(cost.child))), "")


def _everyone(node: SpfNode) -> bool:
    """Whether most hosts of the Internet pass."""
    return _qualifier(node) == "+" or partition_of(node).passing.counts[0] > EVERYTHING.counts[0] // 2


def _qualifier(node: SpfNode) -> str:
    """What happens to a host that no term names: the qualifier of all; ``?`` without one."""
    if node.record is None:
        return "?"
    if node.record.all_term is not None:
        return node.record.all_term.qualifier
    target = next((cost.child for cost in node.costs if cost.term is node.record.redirect), None)
    return _qualifier(target) if target is not None else "?"


def _written(facts: DomainFacts, was: SpfFacts) -> set[str] | None:
    """The qualifiers of all that the owner has written; None where that is left to a redirect."""
    root = was.root
    if root.status == "ok" and root.record is not None and root.record.valid:
        texts = [root.record.text]
        if root.record.all_term is not None:
            return {root.record.all_term.qualifier}
    else:
        texts = list(root.records) or _owners_texts(facts, "spf")
    if root.record is not None and root.record.cut:
        texts += rest_of(root.record, was.other_txt)
    texts = [_as_read(text, was.domain) for text in texts]
    if any("redirect" in text.lower() for text in texts):
        return None
    # A dash of another kind, as word processors write it, was meant as one.
    plain = ("".join("-" if category(char) == "Pd" else char for char in text) for text in texts)
    return {sign or "+" for text in plain for sign in _ALL.findall(text)} or {"?"}


def _as_read(text: str, domain: str) -> str:
    """A broken record as its author meant it, where that is clear: what is compared is what was meant."""
    reading = read_spf(text, domain)
    return reading.meant if reading is not None and reading.meant is not None else text


def _owners_texts(facts: DomainFacts, word: str) -> list[str]:
    """The TXT records at the owner's names that hold a word, wherever they were looked for."""
    home = _home(facts)
    return [
        text
        for lookup in facts.lookups
        if lookup.rrtype == "TXT" and (lookup.name == home or lookup.name.endswith(f".{home}"))
        for text in lookup.records
        if word in text.lower()
    ]


def _lost_senders(was: SpfNode, now: SpfPartition, record: SpfRecord) -> str:
    """Who is allowed today, or was meant to be, and is not by the new record."""
    if was.status == "ok" and was.record is not None and was.record.valid and evaluable(was):
        then = partition_of(was)
        if ranges := (then.passing - now.passing).networks:
            return ranges[0] + (f" and {len(ranges) - 1} more ranges" if len(ranges) > 1 else "")
    texts = [was.record.text] if was.record is not None else list(was.records)
    texts = [_as_read(text, was.domain) for text in texts]
    before = [term for text in texts for term in parse_spf(text).terms if _allows(term)]
    after = [term for term in record.terms if _allows(term)]
    written, kept = {_word(term) for term in before}, {_word(term) for term in after}
    gone = [term for term in before if _word(term) not in kept and not _covered(term, was, now)]
    for term in gone:  # a name that was wrong may be written anew, but not left out
        added = [each for each in after if each.name == term.name and _word(each) not in written]
        if sum(each.name == term.name for each in gone) > len(added):
            return term.text
    names = {name.lower() for text in texts if not parse_spf(text).valid for name in _NAME.findall(text)}
    lost = [name for name in sorted(names) if name not in record.text.lower()]
    new = [
        name for name in _NAME.findall(record.text.lower()) if not any(name in text.lower() for text in texts)
    ]
    return lost[0] if len(lost) > len(new) else ""


def _word(term: SpfTerm) -> str:
    """What distinguishes senders; an include of a name allows the same as a redirect to it."""
    return f"include:{term.value}".lower() if term.name == "redirect" else term.text.lower()


def _allows(term: SpfTerm) -> bool:
    if term.kind == "modifier":
        return term.name == "redirect"
    return term.qualifier == "+" and term.name != "all"


def _covered(term: SpfTerm, was: SpfNode, now: SpfPartition) -> bool:
    """Whether all that the term allows passes by another term; only addresses can be compared."""
    cost = next((each for each in was.costs if each.term == term), None)
    if cost is not None:
        addresses, open_terms = matched_by(was, cost)
        return bool(addresses) and not open_terms and addresses <= now.passing
    if term.name not in ("ip4", "ip6"):
        return False
    prefix = term.prefix4 if term.name == "ip4" else term.prefix6
    literal = AddressSet.of((term.value if prefix is None else f"{term.value}/{prefix}",))
    return bool(literal) and literal <= now.passing


# --- DMARC ---


def _dmarc(before: Report, after: Report, decision: bool) -> Iterator[Objection]:
    later = {facts.domain: facts for facts in _domains(after)}
    for facts in _domains(before):
        now = later.get(facts.domain)
        if facts.dmarc is None or now is None or now.dmarc is None or now.dmarc.record == facts.dmarc.record:
            continue
        name = f"_dmarc.{now.dmarc.policy_domain or facts.dmarc.policy_domain or facts.domain}"
        if now.dmarc.record is None:
            reason = f"no DMARC policy would apply to {facts.domain} any more"
            yield Objection(reason, (name, "TXT"))
        elif not decision and not _same_policy(facts, facts.dmarc.record, now.dmarc.record):
            yield Objection(f"the policy at {name} would change", (name, "TXT"))


def _same_policy(facts: DomainFacts, was: DmarcRecord | None, new: DmarcRecord) -> bool:
    """Whether the policy is that of today or, where receivers could not read it, the one that was meant."""
    if was is not None and was.valid:
        return _asked(was) == _asked(new)
    values = {word for text in _owners_texts(facts, "dmarc") for word in _WORD.findall(text.lower())}
    return new.p in ("none", None) or bool(get_close_matches(new.p, values, 1, 0.8))


def _asked(record: DmarcRecord) -> tuple[object, ...]:
    """What a receiver does by a record (RFC 9989; t=y is what pct=0 was)."""
    pct = record.tag("pct")
    testing = record.testing or (pct is not None and percent(pct) == 0)
    sp = record.sp or record.p
    policies = (record.p, sp, record.np or sp)
    return *policies, testing and policies != ("none",) * 3, record.adkim, record.aspf


# --- What must not be lost ---


def _lost(changes: Changes, decision: bool) -> Iterator[Objection]:
    """Report addresses, keys, selectors and the last mail host."""
    published = "\n".join(record_text(record) for change in changes.values() for record in change.after)
    bare = re.sub(r"[\s\"\\]", "", published)
    for key, change in changes.items():
        name, rrtype = key
        for text in map(record_text, change.removed if rrtype == "TXT" else ()):
            for mailbox in () if is_spf(text) else _MAILBOX.findall(text):
                if mailbox.lower() not in published.lower():
                    yield Objection(f"reports would no longer go to {mailbox}", key)
            if "_domainkey" in name:
                parts = _KEY.findall(re.sub(r"[\s\"\\]", "", text))
                if any(part not in bare for part in parts) and not _same_key(text, changes):
                    yield Objection(f"a key at {name} would be lost", key)
        if decision:
            continue
        if rrtype == "CNAME" and "_domainkey" in name and change.removed and not _stands(name, changes):
            yield Objection(f"the selector at {name} would be lost", key)
        if rrtype in ("MX", "TLSA") and change.before and not change.after:
            what = "mail host" if rrtype == "MX" else "TLSA record"
            yield Objection(f"{name} would have no {what}", key)


def _same_key(text: str, changes: Changes) -> bool:
    """Whether a new record holds the key of this one, in whatever form either is written."""
    meant = key_meant(text)
    after = (record_text(record) for change in changes.values() for record in change.after)
    return bool(meant) and any(key_meant(other) == meant for other in after)


def _stands(name: str, changes: Changes) -> bool:
    return any(key[0] == name and change.after for key, change in changes.items())


# --- Findings ---


def _surfaced(
    before: Report, accepted: Report, after: Report, asked: Mapping[Finding, frozenset[Key]]
) -> Iterator[Objection]:
    """New findings as bad as those that the change is for, and what can no longer be evaluated."""
    known = {place(finding) for finding in accepted.findings}
    for finding in surfaced(before, after):
        if place(finding) in known:
            continue
        where = (finding.location.name, finding.location.rrtype) if finding.location else ("", "")
        causes = [f.severity.rank for f, keys in asked.items() if where in keys]
        # A finding in a changed record comes from what changed it; any other from the least of all.
        least = min(causes) if causes else max((f.severity.rank for f in asked), default=2)
        if finding.severity.rank <= least:
            yield Objection(f"{finding.rule} would be new: {finding.message}", where)
    rules = {(finding.rule, finding.subject) for finding in asked}
    in_doubt = {(each.check, each.subject) for each in before.outcomes if each.reason}
    for outcome in after.outcomes:
        key = outcome.check, outcome.subject
        if key in rules - in_doubt and outcome.status in ("unknown", "error"):
            yield Objection(f"its effect could not be evaluated ({outcome.reason})")


def surfaced(before: Report, after: Report) -> tuple[Finding, ...]:
    """The errors and warnings that were not there before: by rule, subject and name."""
    known = {place(finding) for finding in before.findings}
    return tuple(
        finding
        for finding in after.findings
        if finding.severity is not Severity.INFO and place(finding) not in known
    )


def place(finding: Finding) -> tuple[str, str, str]:
    """What stays of a finding while its record is changed."""
    return finding.rule, finding.subject, finding.location.name if finding.location else ""


def _domains(report: Report) -> tuple[DomainFacts, ...]:
    own = (report.facts.dns,) if report.facts.dns is not None else ()
    return (*own, *report.facts.domains)
