"""Whether mail still passes SPF with a proposed change, as it does today or was intended to. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from unicodedata import category

from mailproof.engine.owned import owners_texts
from mailproof.model import (
    MAX_LOOKUPS,
    MAX_VOID_LOOKUPS,
    DomainFacts,
    SpfFacts,
    SpfNode,
    SpfRecord,
    SpfTerm,
)
from mailproof.printable import counted
from mailproof.records.address_set import AddressSet
from mailproof.records.networks import why_unroutable
from mailproof.records.spf import parse_spf, read_spf, rest_of
from mailproof.records.spf.allowed import SpfPartition, evaluable, matched_by, most_pass, partition_of

_ALL = re.compile(r"([-~?+]?)all(?![a-z0-9_.:=/-])", re.IGNORECASE)
#: Domain names and addresses.
_NAME = re.compile(r"(?<![A-Za-z0-9_-])[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)+")


def spf_objections(
    facts: DomainFacts, was: SpfFacts, now: SpfFacts, changed: bool, decision: bool
) -> Iterator[str]:
    """What would go wrong with SPF. ``changed``: the domain's own record; ``decision``: see ``objection``."""
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
    works = was.root.status == "ok" and evaluable(was.root) and not permerror(was)
    if _passes_everyone(root) and not (works and _passes_everyone(was.root)):
        yield f"every host could send mail as {domain}"
    if decision:
        return
    if lost := _lost_senders(was.root, senders, root.record):
        yield f"{lost} could no longer send mail as {domain}"
    written = _written_qualifiers(facts, was)
    if changed and written is not None and (root.rest or "?") not in written:
        yield f"the SPF record of {domain} would treat all other hosts differently than today"


def permerror(spf: SpfFacts) -> str:
    """Why a receiver that evaluates every term may return permerror (RFC 7208); "" if it cannot."""
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
    if node.record is not None and node.record.fault is not None:
        return node.record.fault.message
    if node.status in ("syntax", "loop", "limit"):
        return node.reason or f"{node.domain}: {node.status}"
    return next((why for cost in node.costs if cost.child is not None and (why := _broken(cost.child))), "")


def _passes_everyone(node: SpfNode) -> bool:
    """Whether most hosts of the Internet pass."""
    return node.rest == "+" or most_pass(node) != ""


def _written_qualifiers(facts: DomainFacts, was: SpfFacts) -> set[str] | None:
    """The qualifiers of ``all`` that the owner has written; None if that is left to a redirect."""
    root = was.root
    if root.status == "ok" and root.record is not None and root.record.valid:
        texts = [root.record.text]
        if root.record.all_term is not None:
            return {root.record.all_term.qualifier}
    else:
        texts = list(root.records) or owners_texts(facts, "spf")
    if root.record is not None and root.record.cut:
        texts += rest_of(root.record, was.other_txt)
    texts = [_as_intended(text, was.domain) for text in texts]
    if any("redirect" in text.lower() for text in texts):
        return None
    # Word processors replace the hyphen with another kind of dash.
    plain = ("".join("-" if category(char) == "Pd" else char for char in text) for text in texts)
    return {sign or "+" for text in plain for sign in _ALL.findall(text)} or {"?"}


def _as_intended(text: str, domain: str) -> str:
    """A broken record as its author intended it, if that is clear; else unchanged."""
    reading = read_spf(text, domain)
    return reading.meant if reading is not None and reading.meant is not None else text


def _lost_senders(was: SpfNode, now: SpfPartition, record: SpfRecord) -> str:
    """A sender that is allowed today, or was intended to be, but not by the new record; "" if none."""
    texts = [was.record.text] if was.record is not None else list(was.records)
    texts = [_as_intended(text, was.domain) for text in texts]
    return _lost_ranges(was, now) or _lost_term(texts, was, now, record) or _lost_name(texts, record)


def _lost_ranges(was: SpfNode, now: SpfPartition) -> str:
    """The addresses that pass today, if the record can be evaluated, and no longer would."""
    if was.status != "ok" or was.record is None or not was.record.valid or not evaluable(was):
        return ""
    networks = (partition_of(was).passing - now.passing).networks
    ranges = [each for each in networks if not why_unroutable(each)]
    if not ranges:
        return ""
    return ranges[0] + (f" and {counted(len(ranges) - 1, 'more range')}" if len(ranges) > 1 else "")


def _lost_term(texts: Sequence[str], was: SpfNode, now: SpfPartition, record: SpfRecord) -> str:
    """A term that has no equivalent in the new record."""
    before = [term for text in texts for term in parse_spf(text).terms if _allows(term)]
    after = [term for term in record.terms if _allows(term)]
    written, kept = {_identity(term) for term in before}, {_identity(term) for term in after}
    gone = [term for term in before if _identity(term) not in kept and not _covered(term, was, now)]
    for term in gone:  # a wrong name may be corrected, but not dropped
        like = (each for each in after if each.name == term.name or each.value == term.value)
        added = [each for each in like if _identity(each) not in written]
        if sum(each.name == term.name for each in gone) > len(added):
            return term.text
    return ""


def _lost_name(texts: Sequence[str], record: SpfRecord) -> str:
    """A domain name in a broken record that is neither in the new record nor corrected there."""
    names = {name.lower() for text in texts if not parse_spf(text).valid for name in _NAME.findall(text)}
    lost = [name for name in sorted(names) if name not in record.text.lower()]
    new = [
        name for name in _NAME.findall(record.text.lower()) if not any(name in text.lower() for text in texts)
    ]
    return lost[0] if len(lost) > len(new) else ""


def _identity(term: SpfTerm) -> str:
    """The identity of a sender; include and redirect of the same name are equivalent."""
    return f"include:{term.value}".lower() if term.name == "redirect" else term.text.lower()


def _allows(term: SpfTerm) -> bool:
    if term.kind == "modifier":
        return term.name == "redirect"
    return term.qualifier == "+" and term.name != "all"


def _covered(term: SpfTerm, was: SpfNode, now: SpfPartition) -> bool:
    """Whether everything that the term allows still passes; only addresses can be compared."""
    cost = next((each for each in was.costs if each.term == term), None)
    if cost is not None and cost.child is not None and cost.child.status == "loop":
        return True  # it leads back to the record that contains it
    if cost is not None:
        addresses, open_terms = matched_by(was, cost)
        return bool(addresses) and not open_terms and addresses <= now.passing
    if term.name not in ("ip4", "ip6"):
        return False
    prefix = term.prefix4 if term.name == "ip4" else term.prefix6
    literal = AddressSet.of((term.value if prefix is None else f"{term.value}/{prefix}",))
    return bool(literal) and literal <= now.passing
