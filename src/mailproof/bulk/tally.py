"""The summary of a run, counted row by row."""

from __future__ import annotations

import time
from collections import Counter
from heapq import nlargest

from mailproof.model.bulk import BulkSummary, Share, ShortRow, SlowServers

#: Entries of each table of the summary.
MOST_NAMED = 20
#: Distinct names in one counter: hostile zones must not fill the memory.
MOST_COUNTED = 50_000
#: Milliseconds without an answer after which name servers count as slow.
SLOW_MS = 1_000
GRADES = ("A", "B", "C", "D", "E", "F", "none")
VERDICTS = ("pass", "warn", "fail", "unknown", "error")
#: What a domain may have deployed.
_ADOPTION = ("SPF", "DKIM", "DMARC", "DMARC enforced", "MX", "MTA-STS", "TLS-RPT", "BIMI", "DNSSEC")
#: Marks for what is missing or not known.
_NONE = ("unknown", "none")


class Tally:
    """Counts of the rows so far."""

    def __init__(self) -> None:
        self._started = time.monotonic()
        self.domains = self.complete = self.queries = 0
        self.not_found = self.failed = self.unreadable = self.repeated = self.earlier = self.not_asked = 0
        self._verdicts: Counter[str] = Counter()
        self._grades: Counter[str] = Counter()
        self._have: Counter[str] = Counter()
        self._known: Counter[str] = Counter()
        self._policies: Counter[str] = Counter()
        self._findings: Counter[str] = Counter()
        self._providers: Counter[str] = Counter()
        self._silent: Counter[str] = Counter()
        self._slow: Counter[str] = Counter()
        self._waited_ms: Counter[str] = Counter()

    def clock(self, row: ShortRow, name: str = "") -> str:
        """Note how long the name servers took, for each attempt at a domain.

        ``name``: what an earlier attempt at it was noted under. Returns that of this one; empty: it was fast.
        """
        # It reached its time limit with queries in flight.
        cut_off = not (row.complete or row.failed or row.unasked)
        waited = row.elapsed_ms if cut_off else row.slowest_ms
        if waited >= SLOW_MS:
            if not name:
                name = row.name_servers or row.domain
                add(self._slow, name)
            add(self._waited_ms, name, waited)
        return name

    def count(self, row: ShortRow, *, earlier: bool = False) -> None:
        """Count a row; ``earlier``: of an earlier run."""
        self.domains += 1
        if earlier:
            self.earlier += 1
            self.clock(row)
        self.complete += row.complete
        self.queries += row.queries
        self.failed += row.verdict == "error"
        self.not_asked += bool(row.unasked) and not (row.complete or row.failed)
        self._verdicts[row.verdict] += 1
        if row.failed:
            add(self._silent, row.name_servers or row.domain)
        if row.verdict == "error":
            return
        if not row.exists:
            self.not_found += 1
            return
        self._grades[row.grade or "none"] += 1
        for rule in {each.rule for each in row.findings}:
            add(self._findings, rule)
        for name in row.providers:
            add(self._providers, name)
        for name, has in _adopted(row).items():
            if has is not None:
                self._known[name] += 1
                self._have[name] += has
        if row.dmarc_record:
            self._policies[row.dmarc_policy or "none"] += 1

    @property
    def rate(self) -> float:
        """Domains a second of this run."""
        return (self.domains - self.earlier) / max(0.001, time.monotonic() - self._started)

    @property
    def slowest(self) -> tuple[SlowServers, ...]:
        """The name servers that took the most time."""
        most = nlargest(MOST_NAMED, self._waited_ms.items(), key=lambda each: each[1])
        return tuple(
            SlowServers(name, self._slow[name], round(waited / 1000 / self._slow[name], 1))
            for name, waited in most
        )

    def merge(self, other: Tally) -> None:
        """Add another tally's counts."""
        for name, value in vars(other).items():
            own = getattr(self, name)
            if isinstance(own, Counter):
                for key, number in value.items():
                    add(own, key, number)
            elif isinstance(own, int):
                setattr(self, name, own + value)

    def summary(self, *, unfinished: bool = False) -> BulkSummary:
        """The summary so far."""
        return BulkSummary(
            domains=self.domains,
            complete=self.complete,
            not_found=self.not_found,
            failed=self.failed,
            unreadable=self.unreadable,
            repeated=self.repeated,
            queries=self.queries,
            elapsed_s=round(time.monotonic() - self._started, 1),
            verdicts=tuple((each, self._verdicts[each]) for each in VERDICTS if self._verdicts[each]),
            grades=tuple((each, self._grades[each]) for each in GRADES if self._grades[each]),
            adoption=tuple((name, Share(self._have[name], self._known[name])) for name in _ADOPTION),
            dmarc_policies=tuple(self._policies.most_common()),
            findings=commonest(self._findings),
            providers=commonest(self._providers),
            silent_name_servers=commonest(self._silent),
            silent=len(self._silent),
            slowest_name_servers=self.slowest,
            not_asked=self.not_asked,
            earlier=self.earlier,
            unfinished=unfinished,
        )


def _adopted(row: ShortRow) -> dict[str, bool | None]:
    """What the domain has deployed; None: not known."""
    return {
        "SPF": _has(row.spf_record, row.spf),
        "DKIM": _has(row.dkim_keys > 0, row.dkim),
        "DMARC": _has(row.dmarc_record, row.dmarc),
        "DMARC enforced": _has(row.dmarc_policy in ("quarantine", "reject"), row.dmarc),
        "MX": _has(row.mx_hosts > 0, row.mx),
        "MTA-STS": _has(row.mta_sts not in _NONE, row.mta_sts),
        "TLS-RPT": _has(row.tls_rpt not in _NONE, row.tls_rpt),
        "BIMI": _has(row.bimi not in _NONE, row.bimi),
        "DNSSEC": row.dnssec == "signed" if row.dnssec and row.dnssec != "unknown" else None,
    }


def _has(found: bool, mark: str) -> bool | None:
    """``found``, or None if its absence is not certain, or if the topic was not checked: what other topics
    happened to look up is no sample."""
    return None if not mark or (mark == "unknown" and not found) else found


def add(counter: Counter[str], name: str, number: int = 1) -> None:
    """Count a name, unless the counter has too many distinct ones."""
    if name in counter or len(counter) < MOST_COUNTED:
        counter[name] += number


def commonest(counter: Counter[str]) -> tuple[tuple[str, int], ...]:
    """The most frequent names, with their counts."""
    return tuple(sorted(counter.items(), key=lambda each: (-each[1], each[0]))[:MOST_NAMED])
