"""A second opinion on SPF, DMARC and MX from checkdmarc, over the answers that mailproof used."""

from __future__ import annotations

from typing import Literal

from mailproof.adapters.checkdmarc_notes import dmarc_note, nodes, spf_note
from mailproof.adapters.checkdmarc_run import CheckdmarcResult, run
from mailproof.adapters.gathered import TooManyQuestions, run_gathered
from mailproof.dns import Resolver
from mailproof.model import (
    MAX_LOOKUPS,
    MAX_MX_NAMES,
    MAX_VOID_LOOKUPS,
    DmarcFacts,
    DomainFacts,
    Lookup,
    SecondOpinion,
    SpfFacts,
)

TOOL = "checkdmarc"
State = Literal["usable", "unusable", "unknown"]
#: Statuses of nodes of the SPF tree for which a receiver returns permerror.
_FATAL = frozenset({"none", "multiple", "syntax", "loop", "limit"})
_MAX_VERDICT = 300
#: checkdmarc continues past ten lookups, one nested include per round.
_MAX_ROUNDS = 24


async def second_opinion(domain: str, resolver: Resolver, facts: DomainFacts) -> tuple[SecondOpinion, ...]:
    """One opinion for each of spf, dmarc and mx that ``facts`` has. Opens no socket of its own.

    It ``agrees`` if both find the record usable, or neither does; else ``note`` says why they differ.
    Never raises for DNS failures.
    """
    topics = tuple(
        topic
        for topic, present in (("spf", facts.spf), ("dmarc", facts.dmarc), ("mx", facts.mx_lookup))
        if present is not None
    )
    if not topics:
        return ()
    try:
        checked = await run_gathered(
            resolver, lambda gathered: run(domain, gathered, topics), max_rounds=_MAX_ROUNDS
        )
    except TooManyQuestions as error:
        return tuple(SecondOpinion(TOOL, topic, "none", False, str(error)) for topic in topics)
    return tuple(_opinion(each, facts) for each in checked)


def _opinion(checked: CheckdmarcResult, facts: DomainFacts) -> SecondOpinion:
    if checked.fault:
        return SecondOpinion(TOOL, checked.topic, "none", False, checked.fault)
    if (unasked := _unasked(checked.topic, facts)) is not None:  # it saw a failure that did not happen
        return SecondOpinion(TOOL, checked.topic, "none", True, f"{unasked.describe()}: could not compare")
    if checked.topic == "spf" and facts.spf is not None:
        ours = spf_state(facts.spf)
        return _compared(checked, ours, spf_note(facts.spf, checked, ours))
    if checked.topic == "dmarc" and facts.dmarc is not None:
        ours = dmarc_state(facts.dmarc)
        elsewhere = ours == "usable" and checked.result.get("location") != facts.dmarc.policy_domain
        return _compared(checked, ours, dmarc_note(facts.dmarc, checked, ours), differs=elsewhere)
    return _mx_opinion(checked, facts)


def _unasked(topic: str, facts: DomainFacts) -> Lookup | None:
    """A lookup of that topic that was not sent to any server."""
    unknown: dict[str, tuple[Lookup | None, ...]] = {
        "spf": facts.spf.unknown if facts.spf is not None else (),
        "dmarc": (facts.dmarc.unknown,) if facts.dmarc is not None else (),
        "mx": (facts.mx_lookup,),
    }
    return next((each for each in unknown[topic] if each is not None and each.status == "unasked"), None)


def _compared(checked: CheckdmarcResult, ours: State, note: str, *, differs: bool = False) -> SecondOpinion:
    theirs: State = "usable" if checked.valid else "unusable"
    agrees = theirs == ours and not differs
    if not agrees and not note:
        note = f"mailproof finds the record {ours}: see its findings for the reason"
    verdict = "valid" if checked.valid else f"invalid: {checked.error}"[:_MAX_VERDICT]
    return SecondOpinion(TOOL, checked.topic, verdict, agrees, note)


def _mx_opinion(checked: CheckdmarcResult, facts: DomainFacts) -> SecondOpinion:
    lookup = facts.mx_lookup
    theirs = sorted({str(host["hostname"]).rstrip(".").lower() for host in checked.result.get("hosts", ())})
    ours = sorted({host.host for host in facts.mx if not host.implicit and host.host != "."})
    verdict = (
        f"invalid: {checked.error}"[:_MAX_VERDICT] if checked.error else (", ".join(theirs) or "no MX host")
    )
    if lookup is not None and lookup.undetermined:
        note = f"MX {lookup.name}: {lookup.status}. Nothing is known of the MX records"
        return SecondOpinion(TOOL, "mx", verdict, bool(checked.error), note)
    agrees = theirs == ours
    note = "" if agrees else f"mailproof finds {', '.join(ours) or 'no MX host'}"
    return SecondOpinion(TOOL, "mx", verdict[:_MAX_VERDICT], agrees, note)


def spf_state(spf: SpfFacts) -> State:
    """Whether a receiver can use the SPF record as a whole, according to our own facts."""
    statuses = {node.status for node in nodes(spf.root)}
    if (
        statuses & _FATAL
        or _too_many_hosts(spf)
        or spf.lookup_count > MAX_LOOKUPS
        or len(spf.void_lookups) > MAX_VOID_LOOKUPS
    ):
        return "unusable"
    return "unknown" if spf.unknown or "unknown" in statuses else "usable"


def _too_many_hosts(spf: SpfFacts) -> bool:
    """Whether an ``mx`` expands to more than ten hosts (RFC 7208 section 4.6.4)."""
    lookups = (each for node in nodes(spf.root) for cost in node.costs for each in cost.lookups)
    return any(each.rrtype == "MX" and len(each.records) > MAX_MX_NAMES for each in lookups)


def dmarc_state(dmarc: DmarcFacts) -> State:
    """Whether a receiver finds a DMARC policy to apply, according to our own facts."""
    if dmarc.record is not None and dmarc.record.valid:
        return "usable"
    return "unknown" if dmarc.walk.unknown is not None else "unusable"
