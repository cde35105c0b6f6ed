"""Our own DNSSEC validation: from trust anchors via DS and DNSKEY to the answer, whatever a resolver claims.

RFC 4035 section 5. Needs responses with their signatures (DO), fetched with checking disabled (CD).
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Literal

import dns.dnssec
import dns.exception
from dns.dnssecalgs import get_algorithm_cls
from dns.message import Message
from dns.name import Name
from dns.node import Node
from dns.rdataclass import IN
from dns.rdataset import Rdataset
from dns.rdatatype import CNAME, DNAME, DNSKEY, DS, NSEC, NSEC3, RRSIG, SOA, RdataType
from dns.rdtypes.ANY.DNSKEY import DNSKEY as Key  # noqa: N811 - not the type's constant
from dns.rdtypes.ANY.DS import DS as Digest  # noqa: N811 - not the type's constant
from dns.rdtypes.ANY.NSEC import NSEC as Span  # noqa: N811 - not the type's constant
from dns.rdtypes.ANY.NSEC3 import NSEC3 as HashedSpan  # noqa: N811 - not the type's constant
from dns.rdtypes.ANY.RRSIG import RRSIG as Signature  # noqa: N811 - not the type's constant
from dns.rrset import RRset
from dns.rrset import from_rdata_list as rrset_of
from msgspec import Struct

from mailproof.dns.anchors import TrustAnchors
from mailproof.dns.dnssec_denial import Denial, Proofs
from mailproof.model import Secure
from mailproof.structs import replace

Fetch = Callable[[Name, RdataType], Awaitable[Message | None]]
_State = Literal["secure", "insecure", "bogus", "unknown"]

_SECURE: dict[_State, Secure] = {"secure": "yes", "insecure": "no", "bogus": "bogus", "unknown": "unknown"}
_RANK: dict[Secure, int] = {"yes": 0, "no": 1, "unknown": 2, "bogus": 3}
# Bounds against responses crafted to take time (CVE-2023-50387, CVE-2023-50868). In honest ones, only
# signatures of a key that is being replaced fail.
_MAX_SIGNATURES = 8
_MAX_KEYS_OF_TAG = 2
_MAX_KEYS = 64
_MAX_FAILURES = 16
_MAX_PROOFS = 16
_MAX_CHAIN = 17
_MAX_ZONES = 10_000
_LONGEST_TTL = 3600
_SHORTEST_TTL = 10


class Verdict(Struct, frozen=True):
    """The DNSSEC state of an answer, and why."""

    secure: Secure
    reason: str = ""


class _Reply:
    """A response being validated, and the number of its signatures that have failed."""

    def __init__(self, message: Message) -> None:
        self.message = message
        self.failures = 0


class _Zone(Struct, frozen=True):
    """The zone that a name is in, as seen from its parent. ``keys`` by algorithm and tag, if it is secure."""

    name: Name
    state: _State
    reason: str = ""
    keys: Mapping[tuple[int, int], Sequence[Key]] | None = None
    until: float = 0.0

    @property
    def verdict(self) -> Verdict:
        return Verdict(_SECURE[self.state], self.reason)


class Validator:
    """Validates responses; ``fetch`` gets missing keys and proofs (it returns None on failure).

    ``now`` returns the time in seconds since 1970. Zones are cached for their TTL, up to an hour.
    """

    def __init__(
        self, fetch: Fetch, anchors: TrustAnchors | None = None, now: Callable[[], float] = time.time
    ) -> None:
        self._fetch = fetch
        self._anchors = anchors or TrustAnchors.from_text()
        self._now = now
        self._known: dict[Name, _Zone] = {}
        self._pending: dict[Name, asyncio.Task[_Zone]] = {}

    async def validate(self, message: Message, name: Name, rdtype: RdataType) -> Verdict:
        """The verdict on a response to the question, including the CNAME and DNAME chain."""
        worst = Verdict("yes")
        reply = _Reply(message)
        for _ in range(_MAX_CHAIN):
            found = _find(message.answer, name, rdtype)
            if found is not None:
                return _worse(worst, await self._check(reply, found))
            alias = _find(message.answer, name, CNAME)
            if alias is None:
                if name == message.question[0].name or _has_soa(message) or message.rcode():
                    worst = _worse(worst, await self._check_absent(reply, name, rdtype))
                return worst  # without a check, only the alias was returned: its target is queried separately
            worst = _worse(worst, await self._check(reply, _signed_source(message, alias)))
            name = alias[0].target
        return Verdict("bogus", "a CNAME loop")

    def forget_pending(self) -> None:
        """Drop validations in progress: the resolver was closed, or the event loop has ended."""
        pending = tuple(self._pending.values())
        self._pending.clear()
        for task in pending:
            if not task.get_loop().is_closed():
                task.cancel()

    async def _check(self, reply: _Reply, rrset: RRset) -> Verdict:
        """The verdict on an RRset of the answer."""
        signatures = _signatures(reply.message.answer, rrset)
        if not signatures:
            zone = await self._zone(rrset.name)
            if zone.state == "secure":
                return Verdict("bogus", f"{_describe(rrset)} is not signed, though {zone.name} is")
            return zone.verdict
        verdict = Verdict("bogus", f"{_describe(rrset)} has no signature of a zone above it")
        for signer in list(dict.fromkeys(record.signer for record in signatures))[:2]:
            if not rrset.name.is_subdomain(signer):
                continue
            zone = await self._zone(signer)
            if zone.state != "secure":
                return zone.verdict
            used, reason = self._verify(reply, rrset, signatures, zone)
            if used is None:
                verdict = Verdict("bogus", reason)
                continue
            labels = len(rrset.name.labels) - 1 - rrset.name.is_wild()
            if used.labels < labels:
                proofs = self._proofs(reply, zone)
                if proofs.too_costly:
                    return Verdict("no", f"{zone.name} uses too many NSEC3 iterations")
                denial = proofs.no_closer_name(rrset.name, used.labels)
                if denial is None:
                    return Verdict("bogus", f"{_describe(rrset)}: no proof that the wildcard applies")
                if denial.kind == "opt-out":
                    return Verdict("no", f"{rrset.name} is in an opt-out span of {zone.name}")
            return Verdict("yes")
        return verdict

    async def _check_absent(self, reply: _Reply, name: Name, rdtype: RdataType) -> Verdict:
        """The verdict on NODATA or NXDOMAIN for ``name``."""
        zone, message = None, reply.message
        for rrset in message.authority:
            if rrset.rdtype in (NSEC, NSEC3):
                signatures = _signatures(message.authority, rrset)
                if signatures and name.is_subdomain(signatures[0].signer):
                    zone = await self._zone(signatures[0].signer)
                    break
        if zone is None:
            zone = await self._zone(name)
            if zone.state == "secure":
                return Verdict("bogus", f"no proof that {name} {rdtype.name} is absent")
        if zone.state != "secure":
            return zone.verdict
        proofs = self._proofs(reply, zone)
        if proofs.too_costly:
            return Verdict("no", f"{zone.name} uses too many NSEC3 iterations")
        denial = proofs.denies(name, rdtype)
        if denial is None or (message.rcode() and denial.kind == "nodata"):
            return Verdict("bogus", f"no valid proof that {name} {rdtype.name} is absent")
        if denial.kind == "opt-out":
            return Verdict("no", f"{name} is in an opt-out span of {zone.name}")
        return Verdict("yes")

    async def _zone(self, name: Name) -> _Zone:
        """The deepest zone at or above ``name``, found from the anchor downwards."""
        known = self._known.get(name)
        if known is not None and known.until > self._now():
            return known
        task = self._pending.get(name)
        if task is None:
            task = asyncio.get_running_loop().create_task(self._find_zone(name))
            self._pending[name] = task
            task.add_done_callback(lambda done: self._drop(name, done))
        await asyncio.wait({task})  # a caller cancelled here does not cancel the task for the others
        if task.cancelled():
            return _Zone(name, "unknown", "closed while validating")
        zone = task.result()
        if len(self._known) >= _MAX_ZONES:
            self._known.clear()
        if zone.state != "unknown":
            self._known[name] = zone
        return zone

    def _drop(self, name: Name, task: asyncio.Task[_Zone]) -> None:
        if self._pending.get(name) is task:
            del self._pending[name]

    async def _find_zone(self, name: Name) -> _Zone:
        anchors = self._anchors.of(name)
        if anchors:
            return await self._keys(name, anchors, _LONGEST_TTL)
        if len(name.labels) == 1:
            return self._make_zone(name, "insecure", "there is no trust anchor above it", _LONGEST_TTL)
        above = await self._zone(name.parent())
        if above.state != "secure":
            return above
        message = await self._fetch(name, DS)
        if message is None:
            return self._make_zone(name, "unknown", f"no answer to {name} DS", 0)
        reply = _Reply(message)
        found = _find(message.answer, name, DS)
        if found is not None:
            used, reason = self._verify(reply, found, _signatures(message.answer, found), above)
            if used is None:
                return self._make_zone(name, "bogus", reason, _SHORTEST_TTL)
            digests = [record for record in found if isinstance(record, Digest)]
            return await self._keys(name, digests, found.ttl)
        alias = _find(message.answer, name, CNAME)
        if alias is not None:
            used, reason = self._verify(reply, alias, _signatures(message.answer, alias), above)
            return above if used is not None else self._make_zone(name, "bogus", reason, _SHORTEST_TTL)
        return self._without_ds(reply, name, above)

    def _without_ds(self, reply: _Reply, name: Name, above: _Zone) -> _Zone:
        """The zone if ``name`` has no DS: an insecure delegation, or none at all; either must be proven."""
        proofs = self._proofs(reply, above)
        ttl = min((rrset.ttl for rrset in reply.message.authority), default=0)
        if proofs.too_costly:
            return self._make_zone(name, "insecure", f"{above.name} uses too many NSEC3 iterations", ttl)
        denial: Denial | None = proofs.denies(name, DS)
        if denial is None:
            reason = f"no valid proof that {name} has no DS"
            return self._make_zone(name, "bogus", reason, _SHORTEST_TTL)
        if denial.delegation:
            return self._make_zone(name, "insecure", f"{name} is delegated without DS", ttl)
        return above

    async def _keys(self, name: Name, anchors: list[Digest], ttl: int) -> _Zone:
        """The zone with its keys: the DNSKEY RRset, signed by a key that a DS matches."""
        usable = [record for record in anchors if _supported(record)][:_MAX_SIGNATURES]
        if not usable:
            return self._make_zone(name, "insecure", f"{name} is signed with algorithms unknown here", ttl)
        message = await self._fetch(name, DNSKEY)
        if message is None:
            return self._make_zone(name, "unknown", f"no answer to {name} DNSKEY", 0)
        found = _find(message.answer, name, DNSKEY)
        if self._anchors.of(name) and (found is None or not _signatures(message.answer, found)):
            reason = f"the resolver returns no signatures ({name} DNSKEY): it can't be validated through"
            return self._make_zone(name, "unknown", reason, 0)
        if found is None or len(found) > _MAX_KEYS:
            return self._make_zone(name, "bogus", f"{name} has a DS, but no DNSKEY", _SHORTEST_TTL)
        keys = _by_tag(key for key in found if isinstance(key, Key))
        entry = _by_tag(
            key
            for record in usable
            for key in keys.get((record.algorithm, record.key_tag), ())
            if _matches(record, name, key)
        )
        if not entry:
            return self._make_zone(name, "bogus", f"no DNSKEY of {name} is the one of its DS", _SHORTEST_TTL)
        trusted = _Zone(name, "secure", keys=entry)
        used, reason = self._verify(_Reply(message), found, _signatures(message.answer, found), trusted)
        if used is None:
            return self._make_zone(name, "bogus", reason, _SHORTEST_TTL)
        return replace(self._make_zone(name, "secure", "", min(ttl, found.ttl)), keys=keys)

    def _make_zone(self, name: Name, state: _State, reason: str, ttl: int) -> _Zone:
        return _Zone(name, state, reason, until=self._now() + min(max(ttl, _SHORTEST_TTL), _LONGEST_TTL))

    def _verify(
        self, reply: _Reply, rrset: RRset, signatures: list[Signature], zone: _Zone
    ) -> tuple[Signature | None, str]:
        """The signature of ``zone`` that verifies, or None and the reason."""
        reason = f"{_describe(rrset)} has no signature of {zone.name}"
        for signature in [record for record in signatures if record.signer == zone.name][:_MAX_SIGNATURES]:
            keys = (zone.keys or {}).get((signature.algorithm, signature.key_tag))
            if not keys:
                reason = f"{_describe(rrset)} is signed with key {signature.key_tag}, which {zone.name} lacks"
                continue
            if reply.failures >= _MAX_FAILURES:
                return None, f"the reply has {_MAX_FAILURES} signatures that fail: no more are tried"
            ring: dict[Name, Rdataset | Node] = {zone.name: rrset_of(zone.name, rrset.ttl, keys)}
            try:
                dns.dnssec.validate_rrsig(rrset, signature, ring, None, self._now())
            except (dns.exception.DNSException, ValueError) as error:
                reply.failures += len(keys)
                reason = f"{_describe(rrset)}: signature of {zone.name} with key {signature.key_tag}: {error}"
            else:
                return signature, ""
        return None, reason

    def _proofs(self, reply: _Reply, zone: _Zone) -> Proofs:
        """The NSEC and NSEC3 records whose signatures verify."""
        message = reply.message
        nsec: list[tuple[Name, Span]] = []
        nsec3: list[tuple[Name, HashedSpan]] = []
        for rrset in [r for r in message.authority if r.rdtype in (NSEC, NSEC3)][:_MAX_PROOFS]:
            used, _ = self._verify(reply, rrset, _signatures(message.authority, rrset), zone)
            if used is None or used.labels != len(rrset.name.labels) - 1 - rrset.name.is_wild():
                continue
            record = rrset[0]
            if isinstance(record, Span):
                nsec.append((rrset.name, record))
            elif isinstance(record, HashedSpan):
                nsec3.append((rrset.name, record))
        return Proofs(zone.name, tuple(nsec), tuple(nsec3))


def _find(section: list[RRset], name: Name, rdtype: int) -> RRset | None:
    return next((r for r in section if r.rdtype == rdtype and r.rdclass == IN and r.name == name), None)


def _signatures(section: list[RRset], rrset: RRset) -> list[Signature]:
    """The signatures of an RRset. (dnspython groups RRSIGs by the type they cover.)"""
    return [
        record
        for other in section
        if other.rdtype == RRSIG and other.name == rrset.name and other.covers == rrset.rdtype
        for record in other
        if isinstance(record, Signature)
    ][: 2 * _MAX_SIGNATURES]


def _signed_source(message: Message, alias: RRset) -> RRset:
    """The DNAME that an unsigned CNAME was synthesized from (RFC 6672 section 5.3), else the CNAME."""
    for rrset in message.answer:
        if rrset.rdtype == DNAME and alias.name != rrset.name and alias.name.is_subdomain(rrset.name):
            prefix = alias.name.relativize(rrset.name)
            try:
                made = prefix.derelativize(rrset[0].target)
            except dns.exception.DNSException:
                continue
            if made == alias[0].target:
                return rrset
    return alias


def _has_soa(message: Message) -> bool:
    return any(rrset.rdtype == SOA for rrset in message.authority)


def _supported(record: Digest) -> bool:
    try:
        get_algorithm_cls(record.algorithm)
    except dns.exception.DNSException:
        return False
    return record.digest_type in (1, 2, 4)


def _by_tag(keys: Iterable[Key]) -> dict[tuple[int, int], list[Key]]:
    """The keys by algorithm and tag; of keys that share both, only the first few."""
    found: dict[tuple[int, int], list[Key]] = {}
    for key in keys:
        same = found.setdefault((key.algorithm, dns.dnssec.key_id(key)), [])
        if len(same) < _MAX_KEYS_OF_TAG:
            same.append(key)
    return found


def _matches(record: Digest, zone: Name, key: Key) -> bool:
    """Whether a DS matches the key, given that algorithm and tag do."""
    try:
        return bool(dns.dnssec.make_ds(zone, key, record.digest_type, validating=True) == record)
    except (dns.exception.DNSException, ValueError):
        return False


def _describe(rrset: RRset) -> str:
    return f"{rrset.name} {RdataType.to_text(rrset.rdtype)}"


def _worse(one: Verdict, other: Verdict) -> Verdict:
    return other if _RANK[other.secure] > _RANK[one.secure] else one
