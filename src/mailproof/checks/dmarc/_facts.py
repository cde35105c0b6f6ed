"""Shared by the DMARC rules: the record that applies, locations in it, and guards for unknown facts."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from mailproof.checks.base import NotApplicable, Reporter, Undetermined, answered, required
from mailproof.checks.published import Published
from mailproof.checks.publishing import replaced
from mailproof.model import (
    DmarcFacts,
    DmarcRecord,
    DmarcStep,
    DomainFacts,
    Finding,
    Fix,
    FixKind,
    Location,
    Policy,
    ReportDestination,
    Severity,
    TagProblem,
)
from mailproof.records.dmarc import KNOWN_TAGS, parse_dmarc, policy_warning, share
from mailproof.records.dmarc_text import DMARC, near_miss, repaired, rewritten, swallowed, tested
from mailproof.records.tag_repair import NearMiss
from mailproof.records.tags import value_span

#: Rules whose findings mean that the domain has no valid record of its own.
NO_OWN_RECORD = "DMARC002 DMARC003 DMARC004 DMARC005 DMARC021 DMARC022 DMARC023"
#: The tags that decide what receivers do.
_POLICY_TAGS = ("p", "sp", "np", "t", "adkim", "aspf", "psd", "pct")


class Applied(Published[DmarcRecord], frozen=True):
    """The record that applies to the domain."""

    dmarc: DmarcFacts

    @property
    def own(self) -> bool:
        """Whether the record is the domain's own."""
        return self.dmarc.policy_domain == self.dmarc.domain

    def at_destination(self, destination: ReportDestination) -> Location:
        """The location of a report destination in the record."""
        uris = self.record.rua if destination.tag == "rua" else self.record.ruf
        uri = next((uri for uri in uris if uri.text == destination.uri), None)
        return self.at(uri) if uri else self.at_tag(destination.tag)

    def cause(self, report: Reporter, fault: TagProblem, about: Callable[[str], bool]) -> str:
        """The fingerprint of the finding that is the cause of a fault; "" for none.

        Causes are non-ASCII characters in the faulty text, and skipped parts of the record for which
        ``about`` returns true.
        """
        for problem in self.record.problems:
            skipped = problem.code in ("no-equals", "bad-name", "unknown-tag")
            within = problem.code == "non-ascii" and 0 < fault.start <= problem.start < fault.end
            if within or (skipped and about(self.record.text[problem.start : problem.end])):
                rule = "DMARC026" if problem.code == "unknown-tag" else "DMARC009"
                return Finding(rule, Severity.WARNING, report.subject, "", self.at(problem)).fingerprint
        return ""

    def publish(self, summary: str, value: str, kind: FixKind = "repair") -> Fix:
        """A fix that replaces the record, in words if someone else publishes it."""
        return replaced(self.lookup, self.dmarc.domain, summary, (self.record.text,), value, kind)

    def raised(self, source: str, policy: Policy) -> str:
        """The record with a policy raised, and with it those for subdomains that are the same today."""
        names = ("p", "sp", "np")[("p", "sp", "np").index(source) :]
        today = {name: tag.value.lower() for name in names if (tag := self.record.tag(name)) is not None}
        raised = [(name, policy) for name, value in today.items() if value == today[source]]
        return rewritten(self.record, changes=raised)

    def next_step(self, summary: str, value: str) -> Fix:
        """A change for the owner to decide on."""
        return self.publish(summary, value, "decision")

    @property
    def meant(self) -> DmarcRecord:
        """The record that the author must have intended; unclear parts are unchanged."""
        return parse_dmarc(repaired(self.record.text) or self.record.text)

    def repair(self, summary: str, problem: TagProblem, unclear: str) -> Fix:
        """A fix that publishes the intended record if that removes the fault; else ``unclear``, in words.

        What receivers apply today is preserved; if that is the fault itself, the fix is a decision.
        """
        for new in (as_applied(self.record, self.meant), self.meant):
            codes = {each.code for each in new.problems}
            twice = "duplicate-tag" in codes
            # Of two policies, don't keep the one that receivers can't read.
            wrong_one = problem.code == "duplicate-tag" and "invalid-policy" in codes
            if (
                not twice
                and not wrong_one
                and not _remains(problem, self.record, new)
                and not _broken(self.record, new)
            ):
                if self.record.p in (None, "none"):
                    summary += policy_warning(new.text)
                return self.publish(summary, new.text, repair_kind(self.record, new))
        return Fix(unclear)

    def has_own_fault(self, name: str) -> bool:
        """Whether a tag's own value is at fault, not quotes (DMARC004) or a missing semicolon (DMARC005)."""
        tag = self.record.tag(name)
        return tag is not None and not swallowed(self.record, tag) and not set(tag.value) & set("\\\"'")

    def write(self, name: str, problem: TagProblem, unclear: str) -> Fix:
        """Like ``repair``, for a fault in the value of a tag."""
        tag = self.meant.tag(name)
        return self.repair(f"Write {name}={tag.value if tag else ''}.", problem, unclear)


def names_policy(part: str) -> bool:
    """Whether a part that receivers skip may be the policy: ``reject``, ``pol=reject``, ``(p``."""
    words = re.findall(r"[a-z]+", part.lower())[:2]
    return words[:1] == ["p"] or any(DMARC.corrected("p", word) for word in words)


def names_address(part: str) -> bool:
    """Whether a part that receivers skip may be a report address: ``mailto:d@acme.example``."""
    return "@" in part or "mailto" in part.lower()


def repair_kind(record: DmarcRecord, new: DmarcRecord) -> FixKind:
    """``decision`` if receivers would act differently than with the current record."""
    return "decision" if record.valid and _asked(record) != _asked(new) else "repair"


def as_applied(record: DmarcRecord, new: DmarcRecord) -> DmarcRecord:
    """``new`` with the policy tags of ``record``, if receivers can read that.

    Returns ``record`` if ``new`` has a policy tag that ``record`` lacks, or has with another value.
    """
    if repair_kind(record, new) == "repair":
        return new
    written = {name: tag.value for name in _POLICY_TAGS if (tag := record.tag(name)) is not None}
    for name in _POLICY_TAGS:
        tag, value = new.tag(name), written.get(name, "")
        if tag is not None and tag.value != value and not DMARC.corrected(name, value):
            return record
    return parse_dmarc(rewritten(new, changes=written.items()))


def _asked(record: DmarcRecord) -> tuple[object, ...]:
    sp = record.sp or record.p
    softer = share(record) != 100
    return record.p, sp, record.np or sp, record.testing, record.adkim, record.aspf, record.psd, softer


def _remains(problem: TagProblem, record: DmarcRecord, new: DmarcRecord) -> bool:
    """Whether a fault persists in a new record: in the same text, or in the value of the same tag."""
    there = [each for each in new.problems if each.code == problem.code]
    if problem.code.startswith(("invalid", "missing")):
        return _tag_at(record, problem) in [_tag_at(new, each) for each in there]
    text = record.text[problem.start : problem.end]
    return text in [new.text[each.start : each.end] for each in there]


def _tag_at(record: DmarcRecord, problem: TagProblem) -> str:
    at = problem.start
    return next((t.name for t in record.tags if t.start <= at < t.end or value_span(t)[0] == at), "")


def _broken(record: DmarcRecord, new: DmarcRecord) -> bool:
    """Whether a new record has an unreadable part or address that is not in the old one."""
    there = {part.strip() for part in record.text.replace(",", ";").replace("=", ";").split(";")}
    codes = ("no-equals", "bad-name", "bad-uri")
    return any(
        each.code in codes and new.text[each.start : each.end].strip() not in there for each in new.problems
    )


def walked(facts: DomainFacts) -> DmarcFacts:
    """The DMARC facts. Raises NotApplicable if they were not collected."""
    return required(facts.dmarc, "DMARC was not checked")


def own_step(facts: DomainFacts) -> DmarcStep:
    """The lookup of the domain's own record. Raises Undetermined if it failed."""
    step = walked(facts).walk.steps[0]
    answered(step.lookup)
    return step


def applied(facts: DomainFacts) -> Applied:
    """The record that applies. Raises Undetermined or NotApplicable if there is none."""
    dmarc = walked(facts)
    if dmarc.record is not None:
        step = next(step for step in dmarc.walk.steps if step.name == dmarc.policy_domain)
        return Applied(step.lookup, dmarc.record, dmarc)
    own = own_step(facts)
    if own.record is None:
        known_walk(dmarc)
    raise NotApplicable("no DMARC record applies")


def faults(facts: DomainFacts) -> list[tuple[Applied, TagProblem]]:
    """Each fault of the record that applies, and the record."""
    found = applied(facts)
    return [(found, problem) for problem in found.record.problems]


def known_walk(dmarc: DmarcFacts) -> None:
    """Raise Undetermined if the organizational domain is unknown."""
    if dmarc.walk.unknown is not None:
        raise Undetermined.of(dmarc.walk.unknown)


def near_misses(step: DmarcStep, *kinds: NearMiss) -> Iterator[tuple[str, NearMiss]]:
    """Yield the texts at the name that were intended as DMARC records but are not, for these reasons."""
    for text in step.other_txt:
        kind = near_miss(text)
        if kind and kind in kinds and not continued(step, text):
            yield text, kind


def continued(own: DmarcStep, text: str) -> str:
    """The DMARC record joined with a TXT record that consists of further tags; "" if it doesn't."""
    if len(own.records) != 1:
        return ""
    more = {tag.name for tag in parse_dmarc(f"v=DMARC1; {text}").tags[1:]}
    there = {tag.name for tag in parse_dmarc(own.records[0]).tags}
    if not more or not more <= set(KNOWN_TAGS) or more & there:
        return ""
    return tested(repaired(f"{own.records[0].rstrip('; ')}; {text}"))


def repaired_text(own: DmarcStep, text: str, summary: str, unclear: str) -> Fix:
    """A fix that publishes what a text at the domain's own name was intended to be; ``unclear`` if unclear.

    A text that is not a record is removed if there is a record at the same name.
    """
    domain = own.name
    if own.records and text not in own.records:
        words = "Remove it: there is a valid record at the same name."
        return replaced(own.lookup, domain, words, (text,), "", "improvement")
    new = parse_dmarc(repaired(text))
    codes = {each.code for each in new.problems}
    if not new.valid or codes & {"invalid-policy", "invalid-subdomain-policy", "invalid-nonexistent-policy"}:
        return Fix(unclear)
    if own.record is None or own.record.p in (None, "none"):
        summary += policy_warning(new.text)
    kind = repair_kind(own.record, new) if own.record is not None else "repair"
    return replaced(own.lookup, domain, summary, (text,), new.text, kind)


def severity_of(own: DmarcStep, text: str) -> Severity:
    """The severity of a fault: it may affect the policy, only other tags, or nothing if a record exists."""
    if own.record is None:
        return Severity.ERROR
    if text not in own.records:
        return Severity.INFO
    new = parse_dmarc(repaired(text) or text)
    changes = not own.record.valid or repair_kind(own.record, new) == "decision"
    return Severity.ERROR if changes else Severity.WARNING


#: The record to start with: it does not affect delivery. The owner decides where reports go.
FIRST_RECORD = "v=DMARC1; p=none"
