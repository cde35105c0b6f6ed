"""A proposal: the record sets that result from the fixes of a report, applied together and proven."""

from __future__ import annotations

from msgspec import Struct

from mailproof.model.findings import Finding


class ProposedRecords(Struct, frozen=True):
    """All records of one name and type after the change, each as a line of a zone file.

    ``kept`` stay as they are, ``published`` are new, ``removed`` go. ``findings`` are the reason for it.
    """

    name: str
    rrtype: str
    kept: tuple[str, ...] = ()
    published: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()


class Remaining(Struct, frozen=True):
    """A finding that the proposal does not fix, and why."""

    finding: Finding
    why: str


class FixProposal(Struct, frozen=True):
    """What to publish to fix the findings of a domain's report.

    ``fixed`` are the findings that disappeared when the domain was evaluated again with ``changes`` applied
    to its data; ``remaining`` all others; ``surfaced`` errors and warnings that appear only then.
    """

    domain: str
    changes: tuple[ProposedRecords, ...] = ()
    fixed: tuple[Finding, ...] = ()
    remaining: tuple[Remaining, ...] = ()
    surfaced: tuple[Finding, ...] = ()
