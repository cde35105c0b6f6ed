"""Whether a domain meets large receivers' requirements, as far as the DNS shows. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TypeVar

from mailproof.data.receivers import Receiver, known_receivers
from mailproof.errors import UsageError
from mailproof.model import MAX_LOOKUPS, DomainFacts, Lookup, Outcome, Severity
from mailproof.model.receivers import ReceiverFacts, RequirementFacts, RequirementState
from mailproof.structs import replace

F = TypeVar("F")
Verdict = tuple[RequirementState, str]
Outcomes = Mapping[str, Outcome]
#: Decides whether a requirement is met, from the facts and the rules' outcomes by id.
Check = Callable[[F, Outcomes], Verdict]
#: Faults in the tree below the record that cause a permerror, if only for some clients.
_PERMERRORS = ("SPF005", "SPF010", "SPF011", "SPF012", "SPF022", "SPF030")
#: Requirement -> the rules behind it, the most direct first; a prefix of ids means all of them.
_RULES: dict[str, tuple[str, ...]] = {
    "spf": ("SPF001", "SPF002", "SPF004", "SPF003", *_PERMERRORS, "SPF040", "SPF"),
    "dkim": ("DKIM003", "DKIM"),
    "dkim-bits": ("DKIM005",),
    "dmarc": ("DMARC001", "DMARC002", "DMARC"),
    "ptr": ("MX014", "MX015"),
    "ptr-not-dynamic": ("MX017",),
    "domain-exists": ("DOM001", "DOM002"),
    "no-null-mx": ("MX003", "PARK"),
}
#: All these ids and prefixes.
BEHIND = tuple(dict.fromkeys(rule for rules in _RULES.values() for rule in rules))
#: The states by weight: if both of two things are required, and if either is enough.
_BOTH: tuple[RequirementState, ...] = ("not met", "unknown", "not in the DNS", "met")
_EITHER: tuple[RequirementState, ...] = ("met", "unknown", "not in the DNS", "not met")
_NO_ADDRESS = "the sending addresses are not known: give them with --ip"


def chosen_receivers(names: tuple[str, ...]) -> tuple[Receiver, ...]:
    """The receivers of these names, or all of them for ``all``. Raises UsageError."""
    if not names:
        return ()
    known = known_receivers()
    wanted = {name.strip().lower() for each in names for name in each.split(",")}
    unknown = wanted - {receiver.name for receiver in known} - {"all"}
    if unknown:
        listed = ", ".join(receiver.name for receiver in known)
        raise UsageError(f"--receiver {min(unknown)}: use all, {listed}")
    return tuple(receiver for receiver in known if "all" in wanted or receiver.name in wanted)


def with_receivers(
    facts: DomainFacts, outcomes: Iterable[Outcome], receivers: Iterable[Receiver]
) -> DomainFacts:
    """The facts with a table for each receiver, from the facts and the outcomes of the checks."""
    by_check = {outcome.check: outcome for outcome in outcomes if outcome.subject == facts.domain}
    tables = (
        table_of(each, [_checked(required, facts, by_check) for required in each.requirements])
        for each in receivers
    )
    return replace(facts, receivers=tuple(tables))


def table_of(receiver: Receiver, requirements: Iterable[RequirementFacts]) -> ReceiverFacts:
    """A receiver's requirements, and whether they are met."""
    return ReceiverFacts(receiver.name, receiver.title, receiver.date, receiver.bulk, tuple(requirements))


def _checked(requirement: RequirementFacts, facts: DomainFacts, outcomes: Outcomes) -> RequirementFacts:
    """A requirement with its state."""
    state, detail = _CHECKS.get(requirement.id, _message)(facts, outcomes)
    return replace(
        requirement,
        state=state,
        detail=detail,
        because_of=_behind(requirement.id, facts, outcomes) if state == "not met" else "",
        failed=_failed(requirement.id, facts) if state == "unknown" else None,
    )


def _failed(check: str, facts: DomainFacts) -> Lookup | None:
    """The failed lookup that leaves open whether a requirement is met."""
    spf = facts.spf.unknown if facts.spf is not None else ()
    dkim = tuple(key.lookup for key in facts.dkim if key.status == "unknown")
    addresses = tuple(host.address for host in facts.sending_hosts)
    asked: dict[str, tuple[Lookup | None, ...]] = {
        "spf": spf,
        "dkim": dkim,
        "spf-and-dkim": (*spf, *dkim),
        "spf-or-dkim": (*spf, *dkim),
        "dkim-bits": dkim,
        "dmarc": (facts.dmarc.walk.unknown,) if facts.dmarc is not None else (),
        "ptr": tuple(lookup for each in addresses for lookup in (each.ptr, *each.forward)),
        "ptr-not-dynamic": tuple(each.ptr for each in addresses),
        "domain-exists": (facts.soa,),
        "no-null-mx": (facts.mx_lookup,),
    }
    found = (lookup for lookup in asked.get(check, ()) if lookup is not None and lookup.undetermined)
    return next(found, None)


def _behind(check: str, facts: DomainFacts, outcomes: Outcomes) -> str:
    """The fingerprint of the finding that says why a requirement is not met; "" if there is none."""
    rules = _RULES.get(check, ())
    if check in ("spf-and-dkim", "spf-or-dkim"):
        rules = tuple(
            rule
            for name, one in (("spf", _spf), ("dkim", _dkim))
            if one(facts, outcomes)[0] == "not met"
            for rule in _RULES[name]
        )
    for rule in rules:
        found = (
            finding
            for name, outcome in outcomes.items()
            if name.startswith(rule)
            for finding in outcome.findings
            if finding.severity is not Severity.INFO
        )
        worst = min(found, key=lambda finding: finding.severity.rank, default=None)
        if worst is not None:
            return worst.fingerprint
    return ""


def _message(facts: DomainFacts, outcomes: Outcomes) -> Verdict:
    return "not in the DNS", "it shows only in a message or in your own figures"


def _spf(facts: DomainFacts, outcomes: Outcomes) -> Verdict:
    spf = facts.spf
    if spf is None or spf.root.status == "unknown":
        return "unknown", spf.root.reason if spf else "the SPF record could not be collected"
    if spf.root.record is None:
        return "not met", spf.root.reason or "there is no SPF record"
    if spf.root.status != "ok":
        return "not met", f"permerror: {spf.root.reason}"
    if spf.lookup_count > MAX_LOOKUPS:
        return "not met", f"the record costs {spf.lookup_count} lookups: permerror"
    for rule in _PERMERRORS:
        if rule in outcomes and outcomes[rule].status == "fail":
            return "not met", f"SPF is a permerror: see {rule}"
    if spf.allowed is not None and not spf.allowed.range_count and not spf.allowed.open_terms:
        return "not met", "the record allows no host"
    if spf.unknown:
        return "unknown", spf.unknown[0].describe()
    return "met", "there is a record that receivers can evaluate"


def _dkim(facts: DomainFacts, outcomes: Outcomes) -> Verdict:
    usable = [key for key in facts.dkim if key.status == "valid"]
    if usable:
        return "met", f"a usable key at {usable[0].name}"
    open_keys = [key for key in facts.dkim if key.status == "unknown"]
    if facts.dkim_discovery is None or open_keys:
        reason = open_keys[0].lookup.describe() if open_keys else "the keys could not be collected"
        return "unknown", reason
    if facts.dkim_discovery.no_keys:
        return "not met", "no key is published"
    if any(key.origin == "given" for key in facts.dkim):
        return "not met", "the selectors given have no usable key"
    return "not in the DNS", "no selector in use is known"


def with_both(checks: dict[str, Check[F]]) -> dict[str, Check[F]]:
    """The checks, with two more that combine those of SPF and DKIM, by the state with the most weight."""

    def together(order: tuple[RequirementState, ...]) -> Check[F]:
        def check(facts: F, outcomes: Outcomes) -> Verdict:
            both = [(name, checks[name.lower()](facts, outcomes)) for name in ("SPF", "DKIM")]
            state = min((found for _, (found, _) in both), key=order.index)
            return state, "; ".join(f"{name}: {detail}" for name, (found, detail) in both if found == state)

        return check

    return checks | {"spf-and-dkim": together(_BOTH), "spf-or-dkim": together(_EITHER)}


def _bits(facts: DomainFacts, outcomes: Outcomes) -> Verdict:
    sizes = [(k.name, k.record) for k in facts.dkim if k.record is not None and k.record.bits]
    rsa = [(name, record.bits) for name, record in sizes if record.key_type == "rsa"]
    short = [f"{name} has {bits}" for name, bits in rsa if bits < 1024]
    if short:
        return "not met", "; ".join(short)
    if sizes:
        return "met", "; ".join(f"{name}: {record.key_type} {record.bits}" for name, record in sizes[:3])
    state, reason = _dkim(facts, outcomes)
    return ("unknown" if state == "unknown" else "not in the DNS"), reason


def _dmarc(facts: DomainFacts, outcomes: Outcomes) -> Verdict:
    dmarc = facts.dmarc
    if dmarc is None:
        return "unknown", "the DMARC record could not be collected"
    if dmarc.policy is not None:
        return "met", f"p={dmarc.policy} by the record at _dmarc.{dmarc.policy_domain}"
    if dmarc.walk.unknown is not None:
        return "unknown", dmarc.walk.unknown.describe()
    return "not met", "no DMARC record applies"


def _ptr(facts: DomainFacts, outcomes: Outcomes) -> Verdict:
    if not facts.sending_hosts:
        return "not in the DNS", _NO_ADDRESS
    bad = [host.address.address for host in facts.sending_hosts if host.address.confirmed is False]
    if bad:
        return "not met", f"no confirmed PTR: {', '.join(bad[:5])}"
    unsure = [host.address.address for host in facts.sending_hosts if host.address.confirmed is None]
    if unsure:
        return "unknown", f"could not be checked for {', '.join(unsure[:5])}"
    return "met", "for each address given"


def _not_generic(facts: DomainFacts, outcomes: Outcomes) -> Verdict:
    return _by_rules(outcomes, "MX017") if facts.sending_hosts else ("not in the DNS", _NO_ADDRESS)


def _by_rules(outcomes: Outcomes, *rules: str) -> Verdict:
    """By the outcomes of rules: any finding counts against it, anything not checked leaves it open."""
    found = [outcomes[rule] for rule in rules if rule in outcomes]
    for outcome in found:
        if outcome.findings:
            return "not met", outcome.findings[0].message
    for outcome in found:
        if outcome.unchecked:
            return "unknown", outcome.reason
    if not any(outcome.status == "pass" for outcome in found):
        return "unknown", "; ".join(outcome.reason for outcome in found) or "not checked"
    return "met", ""


def _no_null_mx(facts: DomainFacts, outcomes: Outcomes) -> Verdict:
    if facts.mx_lookup is None or facts.mx_lookup.undetermined:
        return "unknown", facts.mx_lookup.describe() if facts.mx_lookup else "not checked"
    if any(host.host == "." for host in facts.mx):
        return "not met", "the domain has a null MX"
    return "met", ""


_CHECKS = with_both(
    {
        "spf": _spf,
        "dkim": _dkim,
        "dkim-bits": _bits,
        "dmarc": _dmarc,
        "ptr": _ptr,
        "ptr-not-dynamic": _not_generic,
        "domain-exists": lambda _, outcomes: _by_rules(outcomes, "DOM001", "DOM002"),
        "no-null-mx": _no_null_mx,
    }
)
