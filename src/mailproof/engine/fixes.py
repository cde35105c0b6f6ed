"""From the fixes of a report to one proposal: what to publish so that all of them are done."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field

from dns.rdata import Rdata

from mailproof.dns import MemoResolver, Resolver
from mailproof.dns.patch import Key, Patch, PatchResolver, record_of
from mailproof.dns.text import normalize, record_text
from mailproof.model import Finding, FixRecord, Report, Severity
from mailproof.model.fixes import FixProposal, ProposedRecords

#: Each round judges the domain again; real domains need two or three.
MAX_ROUNDS = 30
_VERSION = re.compile(r"\s{0,8}v\s{0,8}=\s{0,8}([A-Za-z0-9]{1,20})")
#: Types of which a name has one record; a new one takes the place of the one that the finding is about.
_SINGLE = ("TXT", "PTR", "CNAME", "SOA")


@dataclass(slots=True)
class _Change:
    """One record set on its way: as it was, as it is to be, and what asked for it."""

    before: tuple[Rdata, ...]
    ttl: int
    after: tuple[Rdata, ...]
    findings: list[Finding] = field(default_factory=list)


async def propose_fixes(
    report: Report,
    resolver: Resolver,
    audit: Callable[[Resolver], Awaitable[Report]],
    least: Severity = Severity.INFO,
) -> FixProposal:
    """Apply the report's fixes, worst first, judging the domain anew by ``audit`` after each round.

    Two findings that would write the same name and type never do so in one round: the second is judged again
    on what the first made of it. What is mended are the findings of ``report`` of at least the severity
    ``least`` that have a record, and errors that these hid in the same record set; what a fix
    brings to light besides (a new DMARC record in its first stage, say) is told and left as it is. A fix that
    names a host which does not exist yet is a hint for a person, not a record to publish: it is left.
    ``resolver`` gives the data as they are. Raises what ``audit`` raises.
    """
    return await _Proposer(report, MemoResolver(resolver), audit, least).run()


class _Proposer:
    """The state of one proposal."""

    def __init__(
        self,
        report: Report,
        resolver: Resolver,
        audit: Callable[[Resolver], Awaitable[Report]],
        least: Severity,
    ) -> None:
        self.report, self.resolver, self.audit = report, resolver, audit
        self.wanted = [f for f in report.findings if _mendable(f) and f.severity.rank <= least.rank]
        self.rules = {(f.rule, f.subject) for f in self.wanted}
        self.changes: dict[Key, _Change] = {}

    async def run(self) -> FixProposal:
        """See propose_fixes."""
        latest, seen = self.report, {self._state()}
        for _ in range(MAX_ROUNDS):
            await self._round(latest)
            if self._state() in seen:
                break
            seen.add(self._state())
            latest = await self.audit(self._patched())
        return self._proposal(latest)

    def _patched(self) -> PatchResolver:
        return PatchResolver(
            self.resolver, {key: Patch(change.after, change.ttl) for key, change in self.changes.items()}
        )

    def _state(self) -> frozenset[tuple[Key, tuple[Rdata, ...]]]:
        return frozenset((key, change.after) for key, change in self.changes.items())

    async def _round(self, report: Report) -> None:
        """Apply the fixes of a report that do not stand in each other's way."""
        touched: set[Key] = set()
        for finding in report.findings:
            if not _mendable(finding):
                continue
            keys = {_key(record) for record in _records(finding)}
            hidden = finding.severity is Severity.ERROR and bool(keys & self.changes.keys())
            if (finding.rule, finding.subject) not in self.rules and not hidden:
                continue
            if keys & touched:
                continue
            if await self._apply(finding):
                touched |= keys

    async def _apply(self, finding: Finding) -> bool:
        """Whether the finding's records changed anything. All of them, or none."""
        sets: dict[Key, _Change] = {}
        if not await self._leads_somewhere(_records(finding)):
            return False
        for record in _records(finding):
            key = _key(record)
            change = sets.get(key) or await self._current(key)
            if change is None:
                return False
            after = _after(change.after, record, finding)
            if after is None:
                return False
            sets[key] = _Change(change.before, record.ttl if after else change.ttl, after, change.findings)
        if any(key[1] == "MX" and change.before and not change.after for key, change in sets.items()):
            return False  # a dead mail host that is the only one is to be mended, not taken away
        changed = False
        for key, change in sets.items():
            known = self.changes.get(key)
            if change.after != (known.after if known else change.before):
                changed = True
                self.changes[key] = change
                change.findings.append(finding)
        return changed

    async def _leads_somewhere(self, records: tuple[FixRecord, ...]) -> bool:
        """Whether the hosts that new records name exist: a rule may name one that is still to be set up."""
        given = {_key(record)[0] for record in records}
        patched = self._patched()
        for record in records:
            if record.action == "remove" or record.rrtype not in ("MX", "CNAME", "PTR"):
                continue
            host = normalize(record.value.split()[-1])
            if host != "." and host not in given and (await patched.query(host, "A")).status == "nxdomain":
                return False
        return True

    async def _current(self, key: Key) -> _Change | None:
        """The record set as it is by now; None where it could not be found out."""
        if key in self.changes:
            return self.changes[key]
        answer = await self.resolver.query(*key)
        if answer.undetermined:
            return None
        own = answer.records if not answer.chain else ()  # what an alias leads to is not at this name
        return _Change(own, answer.ttl or 3600, own)

    def _proposal(self, latest: Report) -> FixProposal:
        found = {(f.rule, f.subject, f.fingerprint) for f in latest.findings}
        open_checks = {(o.check, o.subject) for o in latest.outcomes if o.status in ("unknown", "error")}
        before = {(f.rule, f.subject, f.location.name if f.location else "") for f in self.report.findings}
        mended: list[Finding] = []
        remaining: list[Finding] = []
        for finding in self.wanted:
            still = (finding.rule, finding.subject, finding.fingerprint) in found
            open_still = (finding.rule, finding.subject) in open_checks
            (remaining if still or open_still else mended).append(finding)
        return FixProposal(
            domain=self.report.subject,
            changes=tuple(_proposed(key, change) for key, change in sorted(self.changes.items())),
            mended=tuple(mended),
            remaining=tuple(remaining),
            surfaced=tuple(
                f
                for f in latest.findings
                if f.severity is not Severity.INFO
                and (f.rule, f.subject, f.location.name if f.location else "") not in before
            ),
        )


def _mendable(finding: Finding) -> bool:
    return bool(_records(finding))


def _records(finding: Finding) -> tuple[FixRecord, ...]:
    return finding.fix.records if finding.fix is not None else ()


def _key(record: FixRecord) -> Key:
    return normalize(record.name), record.rrtype.upper()


def _after(now: tuple[Rdata, ...], record: FixRecord, finding: Finding) -> tuple[Rdata, ...] | None:
    """The record set after one fix; None where its text is no such record."""
    try:
        new = record_of(record.rrtype, record.data)
    except ValueError:
        return None
    if record.action == "remove":
        gone = (record.value, record_text(new))
        return tuple(each for each in now if record_text(each) not in gone)
    where = finding.location
    replaced = set()
    if (
        where is not None
        and record.rrtype in _SINGLE
        and (normalize(where.name), where.rrtype) == _key(record)
    ):
        replaced.add(where.record)
    kept = (each for each in now if record_text(each) not in replaced and not _same_kind(each, record))
    return (*(each for each in kept if each != new), new)


def _same_kind(record: Rdata, new: FixRecord) -> bool:
    """Whether both are TXT records of one version, of which a name may have one alone (v=spf1, v=DMARC1)."""
    if new.rrtype != "TXT":
        return False
    old_version, version = _VERSION.match(record_text(record)), _VERSION.match(new.value)
    return bool(old_version and version and old_version[1].lower() == version[1].lower())


def _proposed(key: Key, change: _Change) -> ProposedRecords:
    def lines(records: Iterable[Rdata]) -> tuple[str, ...]:
        return tuple(f"{key[0]}. {change.ttl} IN {key[1]} {record.to_text()}" for record in records)

    return ProposedRecords(
        name=key[0],
        rrtype=key[1],
        kept=lines(record for record in change.after if record in change.before),
        published=lines(record for record in change.after if record not in change.before),
        removed=lines(record for record in change.before if record not in change.after),
        findings=tuple(change.findings),
    )
