"""One domain of a bulk run, flat enough for a table, and the summary of all of them."""

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

    ``line`` is the line in the list. ``verdict`` is ``pass warn fail unknown``, or ``error`` if the domain
    could not be checked at all; ``reason`` says why. ``spf_all`` is the qualifier of the record's ``all``,
    ``dmarc_policy`` the policy of the domain itself. ``queries`` counts the DNS lookups, ``failed`` those
    without an answer, ``slowest_ms`` is the slowest lookup about the domain; ``unasked`` counts names
    that are in none of the zones given, or not in the recording. ``name_servers`` is the domain that runs the
    zone's name servers. ``options`` is the same in all rows produced with the same options.
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
    """How many domains have something, out of those for which it is ``known``."""

    have: int
    known: int


class SlowServers(Struct, frozen=True):
    """Name servers that were slow for ``domains`` domains, which took ``seconds`` each on average."""

    name: str
    domains: int
    seconds: float


class BulkSummary(Struct, frozen=True, kw_only=True):
    """The summary of a run. Shares leave out domains that do not exist, and unknown results.

    Tables are pairs of a name and the number of domains, the most common first. ``unreadable`` counts the
    lines of the list that are not domains, ``repeated`` the duplicates, ``earlier`` the domains of earlier
    runs; ``elapsed_s`` is the time of this run. ``not_asked`` counts domains that could not be checked in
    full because some of their names are in none of the zones given, or not in the recording. ``silent`` is
    how many name servers left a query unanswered; ``silent_name_servers`` are the most frequent of them.
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
