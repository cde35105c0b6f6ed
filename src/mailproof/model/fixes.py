"""A proposal: the record sets that the fixes of a report come to, taken together."""

from __future__ import annotations

from mailproof.frozen import frozen
from mailproof.model.findings import Finding


@frozen
class ProposedRecords:
    """All records of one name and type after the change, each as a line of a zone file.

    ``kept`` stay as they are, ``published`` are new, ``removed`` go. ``findings`` are what asked for it.
    """

    name: str
    rrtype: str
    kept: tuple[str, ...] = ()
    published: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()


@frozen
class FixProposal:
    """What to publish so that the findings of a domain's report that records can mend are gone.

    ``mended`` are the findings that were gone when the domain was judged again with ``changes`` laid over its
    data; ``remaining`` those with a record to publish that were not (or could not be judged any more);
    ``surfaced`` the errors and warnings that came up only then, and that were not there before.
    """

    domain: str
    changes: tuple[ProposedRecords, ...] = ()
    mended: tuple[Finding, ...] = ()
    remaining: tuple[Finding, ...] = ()
    surfaced: tuple[Finding, ...] = ()
