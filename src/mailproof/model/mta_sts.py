"""MTA-STS (RFC 8461) and TLS reporting (RFC 8460) facts of a domain."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from mailproof.model.dkim import TagProblem, TagRecord
from mailproof.model.dmarc import DmarcUri
from mailproof.model.fetch import FetchFacts
from mailproof.model.lookup import Lookup

StsMode = Literal["enforce", "testing", "none"]


class StsRecord(TagRecord, frozen=True):
    """A parsed MTA-STS record (RFC 8461 section 3.1). ``id`` is "" without a usable one."""

    id: str = ""


class StsPattern(Struct, frozen=True):
    """One ``mx`` of a policy, in lower case. ``start`` and ``end`` are offsets into the policy's text."""

    text: str
    start: int
    end: int
    problem: str = ""


class StsPolicy(Struct, frozen=True):
    """A parsed policy (RFC 8461 section 3.2). ``max_age`` is in seconds.

    Spans of ``problems`` are offsets into ``text``, the policy as served.
    """

    text: str
    version: str = ""
    mode: StsMode | None = None
    max_age: int | None = None
    mx: tuple[StsPattern, ...] = ()
    problems: tuple[TagProblem, ...] = ()

    @property
    def valid(self) -> bool:
        """Whether senders apply it."""
        return not any(problem.fatal for problem in self.problems)


class MtaStsFacts(Struct, frozen=True):
    """MTA-STS of a domain. ``records`` are the TXT records that count, ``other_txt`` the others at the name.

    ``host`` are the lookups of the policy host's addresses. ``fetch`` is None if the policy was not
    requested; ``not_fetched`` says why.
    """

    domain: str
    lookup: Lookup
    records: tuple[str, ...] = ()
    other_txt: tuple[str, ...] = ()
    record: StsRecord | None = None
    host: tuple[Lookup, ...] = ()
    fetch: FetchFacts | None = None
    not_fetched: str = ""
    policy: StsPolicy | None = None


class TlsRptRecord(TagRecord, frozen=True):
    """A parsed TLS reporting record (RFC 8460 section 3)."""

    rua: tuple[DmarcUri, ...] = ()


class TlsRptDestination(Struct, frozen=True):
    """The domain of a report mailbox, and whether it accepts mail at all (None: could not check)."""

    uri: str
    domain: str
    takes_mail: bool | None
    lookup: Lookup


class TlsRptFacts(Struct, frozen=True):
    """TLS reporting of a domain. ``records`` are the TXT records that count, ``other_txt`` the others."""

    domain: str
    lookup: Lookup
    records: tuple[str, ...] = ()
    other_txt: tuple[str, ...] = ()
    record: TlsRptRecord | None = None
    destinations: tuple[TlsRptDestination, ...] = ()
