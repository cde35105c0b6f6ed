"""Mail records at names where no receiver looks for them."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from mailproof.model.lookup import Lookup

#: The topic that a record belongs to.
RecordKind = Literal["spf", "dkim", "dmarc", "mta_sts", "tls_rpt", "bimi"]


class MisplacedRecord(Struct, frozen=True):
    """A record of a ``kind`` that is at ``name``, and the name that it belongs at.

    ``belongs`` is "" where that is unknown (a key without its selector, a record of another domain);
    ``value`` is the record as it must have been meant, "" where it cannot be read; ``pasted`` the name that
    was pasted before it; ``alias`` the end of the CNAME chain that it was found through.
    """

    kind: RecordKind
    name: str
    text: str
    belongs: str = ""
    value: str = ""
    pasted: str = ""
    alias: str = ""


class MisplacedFacts(Struct, frozen=True):
    """The misplaced records of a domain.

    ``right`` are the lookups of the names that they belong at, and of those where there should be one;
    ``unknown`` those of wrong names that were not answered, or not read to the end.
    """

    records: tuple[MisplacedRecord, ...] = ()
    right: tuple[Lookup, ...] = ()
    unknown: tuple[Lookup, ...] = ()

    def of(self, kind: RecordKind) -> tuple[MisplacedRecord, ...]:
        """Those of one kind."""
        return tuple(record for record in self.records if record.kind == kind)

    def at(self, name: str) -> Lookup | None:
        """What is at a right name; None where it was not asked for."""
        return next((lookup for lookup in self.right if lookup.name == name), None)
