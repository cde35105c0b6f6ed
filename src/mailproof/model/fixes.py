"""A proposal: the record sets that the fixes of a report come to, taken together and proven."""

from __future__ import annotations

from msgspec import Struct

from mailproof.model.findings import Finding


class ProposedRecords(Struct, frozen=True):
    """All records of one name and type after the change, each as a line of a zone file.

    ``kept`` stay as they are, ``published`` are new, ``removed`` go. ``findings`` are what asked for it.
    """

    name: str
    rrtype: str
    kept: tuple[str, ...] = ()
    published: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()


class Remaining(Struct, frozen=True):
    """A finding that the proposal leaves, and why."""

    finding: Finding
    why: str


class FixProposal(Struct, frozen=True):
    """What to publish so that findings of a domain's report are gone.

    ``fixed`` are the findings that were gone when the domain was evaluated again with ``changes`` laid over
    its data; ``remaining`` all others; ``surfaced`` errors and warnings that come up only then.
    """

    domain: str
    changes: tuple[ProposedRecords, ...] = ()
    fixed: tuple[Finding, ...] = ()
    remaining: tuple[Remaining, ...] = ()
    surfaced: tuple[Finding, ...] = ()
