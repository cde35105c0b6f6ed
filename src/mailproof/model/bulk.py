"""One domain of many, flat enough for a table; and what all of them come to."""

from __future__ import annotations

from msgspec import Struct

from mailproof.model.findings import Finding
from mailproof.model.lookup import Instant


class BulkFinding(Struct, frozen=True):
    """A finding in short."""

    rule: str
    severity: str
    subject: str
    message: str


class BulkRow(Struct, frozen=True, kw_only=True):
    """One domain. The marks (``spf`` to ``bimi``) are ``pass warn fail unknown none``, or "" for not checked.

    ``line`` is that of the list. ``verdict`` is ``pass warn fail unknown``, or ``error`` where the domain
    could not be worked on at all, for the ``reason``. ``spf_all`` is the qualifier of the record's ``all``,
    ``dmarc_policy`` what applies to the domain itself. ``queries`` are the DNS lookups, ``failed`` those of
    them without an answer, ``slowest_ms`` the longest that one about the domain took; ``unasked`` are names
    that are in none of the zones given, or not in the recording. ``name_servers`` is the domain that runs the
    zone's name servers. ``options`` is the same in all rows that were made with the same options.
    """

    domain: str
    line: int
    verdict: str
    grade: str | None = None
    complete: bool = False
    exists: bool = True
    sentence: str = ""
    reason: str = ""
    spf: str = ""
    dkim: str = ""
    dmarc: str = ""
    mx: str = ""
    dns: str = ""
    dane: str = ""
    mta_sts: str = ""
    tls_rpt: str = ""
    bimi: str = ""
    spf_record: bool = False
    spf_lookups: int = 0
    spf_all: str = ""
    dkim_keys: int = 0
    dmarc_record: bool = False
    dmarc_policy: str = ""
    mx_hosts: int = 0
    dnssec: str = ""
    providers: tuple[str, ...] = ()
    name_servers: str = ""
    errors: int = 0
    warnings: int = 0
    infos: int = 0
    queries: int = 0
    failed: int = 0
    unasked: int = 0
    slowest_ms: int = 0
    elapsed_ms: int = 0
    checked: Instant | None = None
    options: str = ""


class ShortRow(BulkRow, frozen=True, kw_only=True):
    """A row with its findings in short."""

    findings: tuple[BulkFinding, ...] = ()


class LongRow(BulkRow, frozen=True, kw_only=True):
    """A row with its findings as a report has them."""

    findings: tuple[Finding, ...] = ()


class Share(Struct, frozen=True):
    """How many domains have something. ``known`` are those of which it is known whether they do."""

    have: int
    known: int


class SlowServers(Struct, frozen=True):
    """Name servers that were slow: for so many domains, each of which took ``seconds`` on average."""

    name: str
    domains: int
    seconds: float


class BulkSummary(Struct, frozen=True, kw_only=True):
    """What a run comes to. Shares leave out domains that do not exist, and what is not known of a domain.

    ``counted`` tables are pairs of a name and the number of domains, the commonest first. ``unreadable`` are
    lines of the list that are no domain, ``repeated`` those that were there before. ``earlier`` are the
    domains of earlier runs, and ``elapsed_s`` is the time of this one. ``not_asked`` are domains that are not
    known in full because names of theirs are in none of the zones given, or not in the recording. ``silent``
    is how many name servers left a query without an answer, and ``silent_name_servers`` the most frequent.
    """

    domains: int
    complete: int
    not_found: int
    failed: int
    unreadable: int
    repeated: int
    queries: int
    elapsed_s: float
    verdicts: tuple[tuple[str, int], ...]
    grades: tuple[tuple[str, int], ...]
    adoption: tuple[tuple[str, Share], ...]
    dmarc_policies: tuple[tuple[str, int], ...]
    findings: tuple[tuple[str, int], ...]
    providers: tuple[tuple[str, int], ...]
    silent_name_servers: tuple[tuple[str, int], ...]
    silent: int
    slowest_name_servers: tuple[SlowServers, ...]
    not_asked: int = 0
    earlier: int = 0
    unfinished: bool = False
