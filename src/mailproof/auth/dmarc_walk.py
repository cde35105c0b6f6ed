"""The DNS tree walk of DMARC: organizational domain and policy discovery (RFC 9989 section 4.10)."""

from __future__ import annotations

from mailproof.dns import Answer, Resolver
from mailproof.dns.answer import Key
from mailproof.dns.memo import ask
from mailproof.dns.text import normalize
from mailproof.model import DmarcFacts, DmarcRecord, DmarcStep, DmarcWalk, Policy, PolicySource
from mailproof.records.dmarc import is_dmarc, parse_dmarc
from mailproof.records.tags import divided
from mailproof.structs import kept

#: With this many labels or more, a walk skips to the last seven (section 4.10 step 4): at most eight queries.
MAX_QUERIES = 8


def walk_names(domain: str) -> tuple[str, ...]:
    """The names whose ``_dmarc`` is queried, in the order of the walk."""
    labels = normalize(domain).split(".")
    first = labels[1:] if len(labels) < MAX_QUERIES else labels[1 - MAX_QUERIES :]
    return (".".join(labels), *(".".join(first[i:]) for i in range(len(first))))


def walk_questions(domain: str) -> tuple[Key, ...]:
    """The questions of a walk from a domain."""
    return tuple([(f"_dmarc.{name}", "TXT") for name in walk_names(domain)])


async def walk(domain: str, resolver: Resolver) -> DmarcWalk:
    """Walk from ``domain`` (A-labels) up to its top-level domain.

    All names are known in advance and queried concurrently; the steps returned are those of a sequential
    walk, which stops early only at psd=y or psd=n. The first step without an answer is in ``unknown``: the
    organizational domain is then only what the other steps say.
    """
    return walk_of(domain, await ask(resolver, *walk_questions(domain)))


def walk_of(domain: str, answers: tuple[Answer, ...]) -> DmarcWalk:
    """The walk from a domain, given the answers to its questions."""
    beside = answers[0].__dict__  # a cache: BIMI and other messages of the domain need the same walk
    last: tuple[tuple[Answer, ...], DmarcWalk] | None = beside.get("walked")
    if last is None or last[0] != answers[1:]:
        last = beside["walked"] = answers[1:], _walked(walk_names(domain), answers)
    return last[1]


def _walked(names: tuple[str, ...], answers: tuple[Answer, ...]) -> DmarcWalk:
    steps: list[DmarcStep] = []
    for answer in answers:
        step = _step(answer)
        steps.append(step)
        if step.record is not None and step.record.psd in ("y", "n"):
            break
    found, reason = _organizational_domain(tuple(steps))
    unknown = next((step.lookup for step in steps if step.lookup.undetermined), None)
    return DmarcWalk(names[0], tuple(steps), found, reason, unknown)


async def domain_exists(domain: str, resolver: Resolver) -> bool | None:
    """Whether the name exists: NXDOMAIN says no, any answer or NODATA yes (section 3.2.13); None unknown."""
    return exists_by(await ask(resolver, *existence_questions(domain)))


def exists_by(answers: tuple[Answer, ...]) -> bool | None:
    """Whether a domain exists, given the answers to ``existence_questions``; None if unknown."""
    seen = {answer.status for answer in answers}
    if "ok" in seen or "nodata" in seen:
        return True
    return False if "nxdomain" in seen else None


def existence_questions(domain: str) -> tuple[Key, Key]:
    """The questions that show whether a domain exists."""
    return (domain, "SOA"), (domain, "TXT")


async def discover(domain: str, resolver: Resolver) -> DmarcFacts:
    """Find the record that applies to mail whose From has ``domain`` (A-labels), and its policy.

    Whether the domain exists is looked up only if the policy depends on it; ``exists`` is None otherwise.
    """
    walked = await walk(domain, resolver)
    found = discovered(walked, None)
    if found.record is not None and found.record.valid and found.policy is None:
        found = discovered(walked, await domain_exists(domain, resolver))
    return found


def discovered(walked: DmarcWalk, exists: bool | None) -> DmarcFacts:
    """The policy that follows from a walk from the author domain."""
    applies, how = _applicable(walked)
    author = walked.steps[0]
    doubt = author.lookup if author.lookup.undetermined else None
    if author.record is None:
        doubt = doubt or walked.unknown
    if doubt is not None:
        return DmarcFacts(walked.domain, walked, reason=doubt.describe(), exists=exists)
    if applies is None or applies.record is None:
        reason = f"no DMARC record applies to {walked.domain}{_discarded(walked)}"
        return DmarcFacts(walked.domain, walked, reason=reason, exists=exists)
    record = applies.record
    policy, source, why = _policy(record, own=applies is author, exists=exists)
    reason = f"the record at {applies.lookup.name} applies: {how}{why}"
    return DmarcFacts(walked.domain, walked, applies.name, record, policy, source, reason, exists)


def _discarded(walked: DmarcWalk) -> str:
    """Why records on the walk are ignored, as a clause; "" if there are none."""
    for step in walked.steps:
        if len(step.records) > 1:
            return f": {step.lookup.name} has {len(step.records)} records, so all are discarded"
        near = next((text for text in step.other_txt if text.lstrip(" \"'").lower().startswith("v")), "")
        if "dmarc" in near[:30].lower():
            return f": {step.lookup.name} has {near[:60]!r}, which does not start as a DMARC record must"
    return ""


@kept  # shared by the messages of a sender, and by all domains below one top-level domain
def _step(answer: Answer) -> DmarcStep:
    records, others = divided(answer.lookup.records, is_dmarc)
    record = parse_dmarc(records[0]) if len(records) == 1 else None
    note = ""
    if len(records) > 1:
        note = f"{len(records)} records: all are discarded"
    elif record is not None and record.psd in ("y", "n"):
        note = f"psd={record.psd}: the walk stops"
    elif record is not None and not record.valid:
        note = "the record has no usable policy"
    return DmarcStep(answer.name.removeprefix("_dmarc."), answer.lookup, records, others, record, note)


def _organizational_domain(steps: tuple[DmarcStep, ...]) -> tuple[str, str]:
    """Section 4.10.2: from the longest name to the shortest, the first rule that applies."""
    start = steps[0].name
    found = [step for step in steps if step.record is not None]
    for step in found:
        if step.record is not None and step.record.psd == "n":
            return step.name, f"{step.lookup.name} says psd=n"
        if step.record is not None and step.record.psd == "y" and step.name != start:
            below = ".".join(start.split(".")[-step.name.count(".") - 2 :])
            return below, f"{step.lookup.name} says psd=y: one label below it"
    if found:
        return found[-1].name, f"{found[-1].lookup.name} is the record with the fewest labels"
    return start, "no record was found on the way: the starting point"


def _applicable(walked: DmarcWalk) -> tuple[DmarcStep | None, str]:
    """Section 4.10.1: the author domain's record, else the organizational domain's, else the PSD's."""
    by_name = {step.name: step for step in walked.steps if step.record is not None}
    if (step := by_name.get(walked.domain)) is not None:
        return step, "it is the domain's own"
    if (step := by_name.get(walked.organizational_domain)) is not None:
        return step, f"{step.name} is the organizational domain of {walked.domain}"
    last = walked.steps[-1]
    if last.record is not None and last.record.psd == "y":
        return last, f"{last.name} is the public suffix above {walked.domain}"
    return None, ""


def _policy(
    record: DmarcRecord, *, own: bool, exists: bool | None
) -> tuple[Policy | None, PolicySource | None, str]:
    if not record.valid:
        return None, None, "; it has no usable policy, so receivers apply no DMARC"
    if own:
        return record.p, "p", ""
    existing: tuple[Policy | None, PolicySource] = (record.sp, "sp") if record.sp else (record.p, "p")
    missing: tuple[Policy | None, PolicySource] = (record.np, "np") if record.np else existing
    if exists is None and existing[0] != missing[0]:
        return None, None, "; whether sp or np applies depends on whether the domain exists, which is unknown"
    policy, source = missing if exists is False else existing
    return policy, source, f" ({source} applies)"
