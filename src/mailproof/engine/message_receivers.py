"""Whether a message meets large receivers' requirements, as far as the message shows. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from mailproof.data.receivers import Receiver, known_receivers
from mailproof.engine.receivers import Check, Outcomes, Verdict, table_of, with_both
from mailproof.message.doubt import UNVERIFIED
from mailproof.message.senders import exchangers_of, is_null_mx, no_reverse_name
from mailproof.model import MessageFacts, Outcome
from mailproof.model.receivers import RequirementFacts, RequirementState
from mailproof.names import audit_command
from mailproof.structs import replace

_Check = Check[MessageFacts]
_MIN_BITS = 1024


def with_message_receivers(facts: MessageFacts, outcomes: Iterable[Outcome]) -> MessageFacts:
    """The facts with a table for each receiver, from the facts and the outcomes of the message's checks."""
    if facts.inside or facts.is_report:
        return facts  # internal mail and reports are not mail to these receivers
    by_check = {outcome.check: outcome for outcome in outcomes}
    by_receiver = _checks_by_receiver()
    # Several receivers have the same requirement.
    distinct = {check for _, checks in by_receiver for _, check in checks}
    verdicts = {check: check(facts, by_check) for check in distinct}
    tables = []
    for receiver, checks in by_receiver:
        found = ((required, *verdicts[check]) for required, check in checks)
        tables.append(
            table_of(receiver, [replace(each, state=state, detail=why) for each, state, why in found])
        )
    return replace(facts, receivers=tuple(tables))


@lru_cache(maxsize=1)
def _checks_by_receiver() -> tuple[tuple[Receiver, tuple[tuple[RequirementFacts, _Check], ...]], ...]:
    """Each receiver with its requirements and the functions that check them."""
    return tuple(
        (each, tuple((required, _check_for(each.name, required.id)) for required in each.requirements))
        for each in known_receivers()
    )


def _check_for(receiver: str, requirement: str) -> _Check:
    return _CHECKS.get(f"{receiver} {requirement}") or _CHECKS.get(requirement) or _not_shown


def _not_shown(facts: MessageFacts, outcomes: Outcomes) -> Verdict:
    return "not in the message", "no message shows it"


def _dns(facts: MessageFacts, outcomes: Outcomes) -> Verdict:
    return "not in the message", f"{audit_command(facts.from_domain)} checks it"


def _spf(facts: MessageFacts, outcomes: Outcomes) -> Verdict:
    if facts.spf is None:
        return "unknown", facts.envelope.origin or "SPF could not be checked"
    if facts.spf.result == "pass":
        return "met", f"pass for {facts.spf.domain}"
    state: RequirementState = "unknown" if facts.spf.result == "temperror" else "not met"
    return state, f"{facts.spf.result} for {facts.spf.domain}"


def _dkim(facts: MessageFacts, outcomes: Outcomes) -> Verdict:
    passing = [verdict for verdict in facts.dkim if verdict.result == "pass"]
    if passing:
        return "met", f"pass for {passing[0].domain}"
    if any(failure.collector == "dkim" for failure in facts.failures):
        return "unknown", "DKIM could not be checked"
    if not facts.dkim and (doubt := facts.partial or facts.altered):
        return "unknown", f"there is no DKIM signature in this copy: {doubt}"
    if not facts.dkim:
        return "not met", "the message has no DKIM signature"
    open_ = [verdict for verdict in facts.dkim if verdict.result == "temperror" or verdict.code in UNVERIFIED]
    chosen = (open_ or list(facts.dkim))[0]
    return ("unknown" if open_ else "not met"), f"{chosen.result} for {chosen.domain}: {chosen.reason}"


def _bits(facts: MessageFacts, outcomes: Outcomes) -> Verdict:
    known = [v for v in facts.dkim if v.bits and v.algorithm.startswith("rsa")]
    short = [v for v in known if v.bits < _MIN_BITS]
    passing = any(v.result == "pass" and v not in short for v in facts.dkim)
    if short and not passing:
        return "not met", f"{short[0].key_name} has {short[0].bits}"
    if known or passing:
        return "met", "; ".join(f"{v.domain}: {v.bits}" for v in known[:3])
    state, detail = _dkim(facts, outcomes)
    return ("unknown" if state == "unknown" else "not in the message"), detail


def _dmarc(facts: MessageFacts, outcomes: Outcomes) -> Verdict:
    if facts.dmarc is None or (facts.dmarc.result == "temperror" and facts.dmarc.policy is None):
        return "unknown", facts.dmarc.reason if facts.dmarc else "DMARC could not be checked"
    if facts.dmarc.policy is None:
        return "not met", facts.dmarc.reason or "no DMARC record applies"
    return "met", f"p={facts.dmarc.policy} by the record of {facts.dmarc.policy_domain}"


def _aligned(facts: MessageFacts, outcomes: Outcomes) -> Verdict:
    if facts.dmarc is None:
        return "unknown", "DMARC could not be checked"
    # Known even without the policy if the domain is that of From itself.
    if facts.dmarc.spf_aligned or facts.dmarc.dkim_aligned:
        return "met", f"by {'SPF' if facts.dmarc.spf_aligned else 'DKIM'}"
    if facts.dmarc.result == "temperror":
        return "unknown", facts.dmarc.reason
    if facts.dmarc.result == "none" and None in (facts.dmarc.spf_aligned, facts.dmarc.dkim_aligned):
        return "unknown", facts.dmarc.reason
    return "not met", facts.dmarc.reason.partition("; ")[0]  # not which record applies, and why


def _dmarc_passing(facts: MessageFacts, outcomes: Outcomes) -> Verdict:
    state, detail = _dmarc(facts, outcomes)
    return _aligned(facts, outcomes) if state == "met" else (state, detail)


def _tls(facts: MessageFacts, outcomes: Outcomes) -> Verdict:
    hop = facts.handover
    if hop is None:
        return "unknown", facts.envelope.origin or "the hop that handed it over is not known"
    if not hop.tls and not hop.tells_tls:
        return "unknown", f"the Received field of {hop.by} does not say whether there was TLS"
    return ("met", f"{hop.tls} to {hop.by}") if hop.tls else ("not met", f"{hop.by} accepted it without TLS")


def _ptr(facts: MessageFacts, outcomes: Outcomes) -> Verdict:
    """By what the receiving server wrote; "unknown" if it recorded no reverse name."""
    hop = facts.handover
    if hop is None:
        return "unknown", facts.envelope.origin or "the hop that handed it over is not known"
    if no_reverse_name(hop):
        return "not met", f"{hop.by} found no PTR name of {hop.ip} that resolves back to it"
    if hop.rdns:
        return "met", f"{hop.by} found {hop.rdns} for {hop.ip}"
    return "unknown", f"{hop.by or 'the receiving server'} does not say which name it found for {hop.ip}"


def _exists(facts: MessageFacts, outcomes: Outcomes) -> Verdict:
    sender = facts.envelope.mail_from or ""
    domain = (sender.rpartition("@")[2] or facts.from_domain).lower()
    lookups = [each for each in facts.lookups if each.name == domain and each.rrtype == "TXT"]
    if any(each.status == "nxdomain" for each in lookups):
        return "not met", f"{domain} does not exist"
    if any(each.exists for each in lookups):
        return "met", f"{domain} exists; {audit_command(domain)} checks its zone"
    return "unknown", f"could not check whether {domain or 'the return path domain'} exists"


def _takes_mail(facts: MessageFacts, outcomes: Outcomes) -> Verdict:
    lookups = exchangers_of(facts)
    null = [each.name for each in lookups if is_null_mx(each)]
    if null:
        return "not met", f"{null[0]} has a null MX: it takes no mail"
    open_ = [each for each in lookups if each.undetermined]
    if open_ or not lookups:
        return "unknown", open_[0].describe() if open_ else "no sending domain is known"
    return "met", "; ".join(each.name for each in lookups)


def _by_rules(*rules: str) -> _Check:
    """By the outcomes of rules: any finding counts against it, anything not checked leaves it open."""

    def check(facts: MessageFacts, outcomes: Outcomes) -> Verdict:
        found = [outcomes[rule] for rule in rules if rule in outcomes]
        for outcome in found:
            if outcome.findings:
                return "not met", f"{outcome.check}: {outcome.findings[0].message}"
        for outcome in found:
            if outcome.unchecked:
                return "unknown", outcome.reason
        return ("met", "") if found else ("unknown", "not checked")

    return check


def _unsubscribe(*rules: str) -> _Check:
    """Applies to marketing mail, which a message without the header may not be."""
    by_rules = _by_rules(*rules)

    def check(facts: MessageFacts, outcomes: Outcomes) -> Verdict:
        names = facts.by_name
        if "list-unsubscribe" not in names:
            return "not in the message", "it has no List-Unsubscribe: not met if it is marketing mail"
        if "MSG006" in rules and "list-unsubscribe-post" not in names:
            return "not met", "there is no List-Unsubscribe-Post: no one-click unsubscribe"
        told = (outcomes[rule] for rule in rules if rule in outcomes)
        skipped = {each.check: each.reason for each in told if each.status == "skipped"}
        if "MSG006" in skipped:
            return "not met", f"MSG006: {skipped['MSG006']}"
        state, why = by_rules(facts, outcomes)
        if state == "met" and "MSG023" in skipped:
            return "unknown", f"a link in the body: {skipped['MSG023']}"
        return state, why

    return check


#: By requirement, prefixed with the receiver's name if its requirement differs.
_CHECKS = with_both(
    {
        "spf": _spf,
        "dkim": _dkim,
        "dkim-bits": _bits,
        "ptr": _ptr,
        "tls": _tls,
        "rfc5322": _by_rules("MSG001", "MSG002", "MSG003", "MSG015"),
        "dmarc": _dmarc,
        "yahoo dmarc": _dmarc_passing,
        "alignment": _aligned,
        "gmail unsubscribe": _unsubscribe("MSG007", "MSG006", "MSG023"),
        "yahoo unsubscribe": _unsubscribe("MSG007", "MSG023"),
        "microsoft unsubscribe": _unsubscribe("MSG023"),
        "domain-exists": _exists,
        "no-null-mx": _takes_mail,
        "ptr-not-dynamic": _dns,
    }
)
