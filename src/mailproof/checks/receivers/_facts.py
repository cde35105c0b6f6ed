"""What the rules of receivers share."""

from __future__ import annotations

from collections.abc import Iterator

from mailproof.checks.base import NotApplicable, Undetermined, report
from mailproof.model import DomainFacts, Finding, Location, Rule, Severity


def unmet(rule: Rule, facts: DomainFacts, receiver: str) -> Iterator[Finding]:
    """A finding for each requirement of the receiver that is not met: an error where it is enforced.

    Raises NotApplicable where nobody asked for the receiver, Undetermined where something is unknown.
    """
    table = next((each for each in facts.receivers if each.receiver == receiver), None)
    if table is None:
        raise NotApplicable(f"not asked for: --receiver {receiver}")
    unknown: list[str] = []
    for each in table.requirements:
        if each.state == "unknown":
            unknown.append(f"{each.text}: {each.detail}")
        if each.state != "not met":
            continue
        whom = f"bulk senders ({table.bulk})" if each.scope == "bulk" else "all senders"
        code = f" The answer is {each.code}." if each.code else ""
        verb = "demands" if each.enforced else "asks"
        yield report(
            rule,
            facts.domain,
            f"{table.title} {verb} of {whom}: {each.text}. Found: {each.detail.rstrip('.')}.{code}",
            location=Location(facts.domain, "", each.id, 0, len(each.id)),
            evidence=(f"{each.source} (since {each.since})",),
            severity=None if each.enforced else Severity.WARNING,
        )
    if unknown:
        raise Undetermined("; ".join(unknown))
