"""From the fixes of a report to proven changes of the zone.

Each rule proposes a record as if its fault were the only one. Here the proposals are composed: one is applied
to the data, the domain is evaluated again, and the next is taken from that report, so that all fixes of one
record end up in one new record. The result must be proven (``engine/proof.py``); if it cannot be, the
finding to blame is found by bisection, and its fix becomes words.
"""

from __future__ import annotations

import re
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence

from dns.rdata import Rdata
from msgspec import Struct

from mailproof.dns import MemoResolver, Resolver
from mailproof.dns.answer import Key, position
from mailproof.dns.patch import Patch, PatchResolver, record_of
from mailproof.dns.text import normalize, record_text, upward
from mailproof.engine.fix_results import (
    Gone,
    Place,
    State,
    key_of,
    keys_of,
    kind_of,
    place_of,
    presenter,
    proposed,
    why_left,
    with_findings,
)
from mailproof.engine.owned import why_foreign
from mailproof.engine.proof import Change, Objection, objection, surfaced
from mailproof.model import Finding, FixKind, FixRecord, Report, Severity
from mailproof.model.findings import FIX_TTL
from mailproof.model.fixes import FixProposal, Remaining
from mailproof.structs import replace

#: Rounds of composing fixes, each of which evaluates the domain again; real domains need two or three.
MAX_ROUNDS = 12
#: Evaluations for one report in total: a record with hundreds of faults gets words.
MAX_AUDITS = 80
#: Seconds for all evaluations of one report: records crafted to take long get words. Real domains need 0.1.
MAX_SECONDS = 8.0

_VERSION = re.compile(r"\s{0,8}v\s{0,8}=\s{0,8}([A-Za-z0-9]{1,20})")
#: Types for which a new record replaces the one that the finding is about.
_SINGLE = ("TXT", "PTR", "CNAME", "SOA")
#: What is safe to publish without a decision by the owner.
SAFE: tuple[FixKind, ...] = ("repair", "improvement")

#: Why no record is proposed after the run has timed out.
NO_TIME = "there was no time left to evaluate one"


class ProposalWish(Struct, frozen=True):
    """Which fixes a proposed zone change should contain: of these kinds, and of at least this severity."""

    kinds: tuple[FixKind, ...] = SAFE
    least: Severity = Severity.INFO


#: Evaluates the domain on the data of a resolver.
Audit = Callable[[Resolver], Awaitable[Report]]


class Fixer:
    """Composes the fixes of one report, and caches every evaluation.

    ``report`` has the fixes as the rules propose them; ``resolver`` has the current data; ``audit``
    evaluates the domain on other data. The methods raise what ``audit`` raises.
    """

    def __init__(self, report: Report, resolver: Resolver, audit: Audit) -> None:
        self.report, self.resolver, self.audit = report, MemoResolver(resolver), audit
        self._start = State(report, {}, {})
        self._ends = time.monotonic() + MAX_SECONDS
        self._reasons: dict[Place, str] = {}
        self._reports: dict[frozenset[tuple[Key, tuple[Rdata, ...]]], Report] = {}

    async def proven(self) -> Report:
        """The report in which each fix has records that are safe to publish, or is in words.

        Repairs and improvements that write one name and type share one record set. A decision's record
        includes them, too; of several decisions about one record, that of the worst finding has the record.
        """
        if not any(finding.records for finding in self.report.findings):
            return self.report
        safe = await self._solve(self._start, _places(self.report.findings, SAFE))
        decided: dict[Place, State] = {}
        taken: set[Key] = set()
        for finding in self.report.findings:
            if not finding.records or kind_of(finding) != "decision" or keys_of(finding) & taken:
                continue
            state = await self._solve(safe, [place_of(finding)])
            if keys := state.wrote.get(place_of(finding)):
                decided[place_of(finding)] = state
                taken |= keys
        return with_findings(self.report, presenter(self.report, self._reasons, safe, decided))

    async def proposal(self, wish: ProposalWish, findings: Iterable[Finding]) -> FixProposal:
        """The proposal of the wished kind for these findings of the report."""
        kinds, least, wanted = wish.kinds, wish.least.rank, {finding.fingerprint for finding in findings}
        chosen = [
            finding
            for finding in self.report.findings
            if finding.severity.rank <= least and finding.fingerprint in wanted
        ]
        safe = _places(chosen, [kind for kind in kinds if kind != "decision"])
        state = await self._solve(self._start, safe)
        if "decision" in kinds:
            undecided, state = state, await self._solve(state, _places(chosen, ["decision"]))
            if state is not undecided:  # what could not be proven may be safe now
                state = await self._solve(state, [each for each in safe if each not in state.wrote])
        gone = Gone(self.report, state.report)
        in_doubt = {(o.check, o.subject) for o in state.report.open if o.unchecked}
        fixed, remaining = list[Finding](), list[Remaining]()
        for finding in self.report.findings:
            settled = finding in gone and (finding.rule, finding.subject) not in in_doubt
            if settled and state.changes:
                fixed.append(finding)
            else:
                reason = self._reasons.get(place_of(finding), "")
                remaining.append(Remaining(finding, why_left(finding, finding in chosen, kinds, reason)))
        return FixProposal(
            domain=self.report.subject,
            changes=tuple(
                proposed(key, each, state, self.report) for key, each in sorted(state.changes.items())
            ),
            fixed=tuple(fixed),
            remaining=tuple(remaining),
            surfaced=surfaced(self.report, state.report),
        )

    async def _solve(self, state: State, places: Sequence[Place]) -> State:
        """The state with as many of the findings' fixes as can be proven together."""
        if not places:
            return state
        tried = await self._compose(state, {*state.wrote, *places})
        if tried.changes == state.changes:
            return state
        found = self._objection(state, tried)
        if found is None:
            return tried
        if len(places) == 1:
            self._reasons[places[0]] = found.reason
            return state
        # Solve those that did not write the record set to blame first; without such a split, bisect.
        suspects = [each for each in places if found.key in tried.wrote.get(each, ())]
        others = [each for each in places if each not in suspects]
        if not suspects or not others:
            others, suspects = list(places[: len(places) // 2]), list(places[len(places) // 2 :])
        return await self._solve(await self._solve(state, others), suspects)

    def _objection(self, state: State, tried: State) -> Objection | None:
        if len(self._reports) > MAX_AUDITS:
            return Objection("too many faults at once to work out what is safe")
        if time.monotonic() > self._ends:
            return Objection(NO_TIME)
        asked = {f: tried.wrote[place_of(f)] for f in self.report.findings if place_of(f) in tried.wrote}
        decision = any(kind_of(finding) == "decision" for finding in asked)
        return objection(
            self.report, tried.report, tried.changes, asked, decision=decision, accepted=state.report
        )

    async def _compose(self, state: State, places: set[Place]) -> State:
        """Apply the fixes of these findings, and of errors that surface in the records they change."""
        changes, wrote = dict(state.changes), dict(state.wrote)
        report, seen = state.report, {_signature(state.changes)}
        for _ in range(MAX_ROUNDS):
            await self._round(report, changes, wrote, places)
            signature = _signature(changes)
            if signature in seen or len(self._reports) > MAX_AUDITS or time.monotonic() > self._ends:
                break
            seen.add(signature)
            report = await self._audited(changes)
        changes = {key: change for key, change in changes.items() if change.after != change.before}
        return State(report, changes, {each: keys & changes.keys() for each, keys in wrote.items()})

    async def _audited(self, changes: dict[Key, Change]) -> Report:
        signature = _signature(changes)
        if signature not in self._reports:
            self._reports[signature] = await self.audit(self._patched(changes))
        return self._reports[signature]

    def _patched(self, changes: dict[Key, Change]) -> PatchResolver:
        patches = {key: Patch(change.after, change.ttl) for key, change in changes.items()}
        return PatchResolver(self.resolver, patches)

    async def _round(
        self,
        report: Report,
        changes: dict[Key, Change],
        wrote: dict[Place, frozenset[Key]],
        places: set[Place],
    ) -> None:
        """Apply fixes of a report that write different records."""
        touched: set[Key] = set()
        for finding in report.findings:
            keys, place = keys_of(finding), place_of(finding)
            asked = place in places or (*finding.place, True) in places
            error = finding.severity is Severity.ERROR and kind_of(finding) != "decision"
            if not (asked or (error and keys & changes.keys())) or not keys or keys & touched:
                continue
            if new := await self._applied(finding, changes):
                changes.update(new)
                touched |= keys
                wrote[place] = wrote.get(place, frozenset()) | keys

    async def _applied(self, finding: Finding, changes: dict[Key, Change]) -> dict[Key, Change]:
        """The record sets that the finding's fix changes: all of its records, or none."""
        if not await self._hosts_exist(finding.records, changes):
            self._reasons[place_of(finding)] = "it would name a host that does not exist yet"
            return {}
        sets: dict[Key, Change] = {}
        for record in finding.records:
            key = key_of(record)
            if why := why_foreign(self.report, key[0]):
                self._reasons[place_of(finding)] = why
                return {}
            change = sets.get(key) or changes.get(key) or await self._current(key)
            after = _after(change.after, record, finding) if change is not None else None
            if change is None or after is None:
                return {}
            sets[key] = replace(change, after=after)
        known = {key: changes[key].after if key in changes else each.before for key, each in sets.items()}
        return {key: change for key, change in sets.items() if change.after != known[key]}

    async def _hosts_exist(self, records: tuple[FixRecord, ...], changes: dict[Key, Change]) -> bool:
        """Whether the hosts in new records exist: a rule may name one that is yet to be set up."""
        given = {key_of(record)[0] for record in records}
        patched = self._patched(changes)
        for record in records:
            if record.action == "remove" or record.rrtype not in ("MX", "CNAME", "PTR"):
                continue
            host = normalize(record.value.split()[-1])
            if host != "." and host not in given and (await patched.query(host, "A")).status == "nxdomain":
                return False
        return True

    async def _current(self, key: Key) -> Change | None:
        """The current record set; None if it could not be looked up."""
        answer = await self.resolver.query(*key)
        if answer.undetermined:
            return None
        alias = answer.chain[0] if answer.chain and key[1] != "CNAME" else ""
        own = answer.records if not alias and not await self._from_wildcard(key, answer.records) else ()
        # A resolver's answer has what is left of the TTL; only a zone's is the one to keep.
        in_zone = own and position(self.resolver, *key, record_text(own[0])) is not None
        return Change(own, own, answer.ttl if in_zone else FIX_TTL, alias)

    async def _from_wildcard(self, key: Key, records: tuple[Rdata, ...]) -> bool:
        """Whether the records come from a wildcard, so there is none at the name itself (RFC 4592)."""
        name, rrtype = key
        if not records or name.startswith("*."):
            return False
        for parent in tuple(upward(name))[1:-1]:
            answer = await self.resolver.query(f"*.{parent}", rrtype)
            if answer.found and set(answer.records) == set(records):
                return True
        return False


def _places(findings: Iterable[Finding], kinds: Iterable[FixKind]) -> list[Place]:
    """The findings with records of these kinds; those that write one record are adjacent."""
    chosen = [f for f in findings if f.records and kind_of(f) in tuple(kinds)]
    chosen.sort(key=lambda finding: sorted(keys_of(finding)))
    return list(dict.fromkeys(map(place_of, chosen)))


def _signature(changes: dict[Key, Change]) -> frozenset[tuple[Key, tuple[Rdata, ...]]]:
    return frozenset((key, change.after) for key, change in changes.items() if change.after != change.before)


def _after(now: tuple[Rdata, ...], record: FixRecord, finding: Finding) -> tuple[Rdata, ...] | None:
    """The record set after one fix; None if its text does not parse as such a record."""
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
        and (normalize(where.name), where.rrtype) == key_of(record)
    ):
        replaced.add(where.record)
    kept = (each for each in now if record_text(each) not in replaced and not _same_kind(each, record))
    return (*(each for each in kept if each != new), new)


def _same_kind(record: Rdata, new: FixRecord) -> bool:
    """Whether both are TXT records of one version, of which a name may have only one (v=spf1, v=DMARC1)."""
    if new.rrtype != "TXT":
        return False
    old_version, version = _VERSION.match(record_text(record)), _VERSION.match(new.value)
    return bool(old_version and version and old_version[1].lower() == version[1].lower())
