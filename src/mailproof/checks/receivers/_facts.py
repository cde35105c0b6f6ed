"""Shared by the rules on receivers."""

from __future__ import annotations

from mailproof.checks.base import Reporter, required
from mailproof.model import DomainFacts, Location, Severity


def unmet(report: Reporter, facts: DomainFacts, receiver: str) -> None:
    """Report each unmet requirement of the receiver, as an error if it is enforced.

    Raises NotApplicable if the receiver was not selected.
    """
    table = required(
        next((each for each in facts.receivers if each.receiver == receiver), None),
        f"not asked for: --receiver {receiver}",
    )
    for each in table.requirements:
        if each.state != "not met":
            continue
        senders = f"bulk senders ({table.bulk})" if each.scope == "bulk" else "all senders"
        code = f" Reply: {each.code}." if each.code else ""
        verb = "requires from" if each.enforced else "asks of"
        report(
            f"{table.title} {verb} {senders}: {each.text}. Found: {each.detail.rstrip('.')}.{code}",
            location=Location(facts.domain, "", each.id, 0, len(each.id)),
            evidence=(f"{each.source} (since {each.since})",),
            severity=None if each.enforced else Severity.WARNING,
            because_of=each.because_of,
        )
    if unknown := [each for each in table.requirements if each.state == "unknown"]:
        failed = [each.failed for each in unknown if each.failed is not None]
        report.unknown(
            "; ".join(f"{each.text}: {each.detail}" for each in unknown),
            failed if len(failed) == len(unknown) else (),
        )
