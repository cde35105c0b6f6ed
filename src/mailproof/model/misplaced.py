"""Mail records at names where no receiver looks for them."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from mailproof.model.lookup import Lookup

#: The topic that a record belongs to.
RecordKind = Literal["spf", "dkim", "dmarc", "mta_sts", "tls_rpt", "bimi"]


class MisplacedRecord(Struct, frozen=True):
    """A misplaced record at ``name``, and the name that it belongs at.

    ``belongs`` is "" if that is unknown (a key without its selector, a record of another domain);
    ``value`` is the record as it must have been meant, "" if it cannot be parsed; ``pasted`` the name that
    was pasted in front of it; ``alias`` the end of the CNAME chain through which it was found.
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

    ``right`` are the lookups of the names that they belong at, and of those that should have a record;
    ``unknown`` the lookups of wrong names that were not answered, or not read completely.
    """

    records: tuple[MisplacedRecord, ...] = ()
    right: tuple[Lookup, ...] = ()
    unknown: tuple[Lookup, ...] = ()

    def of(self, kind: RecordKind) -> tuple[MisplacedRecord, ...]:
        """The records of one kind."""
        return tuple(record for record in self.records if record.kind == kind)

    def at(self, name: str) -> Lookup | None:
        """The lookup of a right name; None if there was none."""
        return next((lookup for lookup in self.right if lookup.name == name), None)
