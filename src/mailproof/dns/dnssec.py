"""Own DNSSEC validation: from trust anchors by DS and DNSKEY to the answer, whatever a resolver claims.

RFC 4035 section 5. Needs replies with their signatures (DO), fetched with checking disabled (CD).
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable
from typing import Literal

import dns.dnssec
import dns.exception
import dns.rdata
from dns.dnssecalgs import get_algorithm_cls
from dns.message import Message
from dns.name import Name, from_text
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

from mailproof.dns.dnssec_denial import Denial, Proofs
from mailproof.model import Secure

Fetch = Callable[[Name, RdataType], Awaitable[Message | None]]
_State = Literal["secure", "insecure", "bogus", "unknown"]

# The root's key-signing keys of 2017 and 2024 (data.iana.org/root-anchors).
ROOT_ANCHORS = (
    ". 20326 8 2 E06D44B80B8F1D39A95C0B0D7C65D08458E880409BBC683457104237C7F8EC8D",
    ". 38696 8 2 683D2D0ACB8C9B712A1948B27F741219298D0A450D612C483AF444A4C0FB2B16",
)

_SECURE: dict[_State, Secure] = {"secure": "yes", "insecure": "no", "bogus": "bogus", "unknown": "unknown"}
_RANK: dict[Secure, int] = {"yes": 0, "no": 1, "unknown": 2, "bogus": 3}
# Bounds against replies made to cost time (CVE-2023-50387).
_MAX_SIGNATURES = 8
_MAX_KEYS_OF_TAG = 4
_MAX_KEYS = 64
_MAX_PROOFS = 16
_MAX_CHAIN = 17
_MAX_ZONES = 10_000
_LONGEST_TTL = 3600
_SHORTEST_TTL = 10


class Verdict(Struct, frozen=True):
    """The DNSSEC state of an answer, and why."""

    secure: Secure
    reason: str = ""


class TrustAnchors(Struct, frozen=True):
    """Where trust begins: DS records of zones."""

    ds: tuple[tuple[Name, Digest], ...]

    @classmethod
    def from_text(cls, lines: Iterable[str] = ROOT_ANCHORS) -> TrustAnchors:
        """Lines of ``zone tag algorithm digest-type digest`` (``IN DS`` between may be there, and a TTL).

        Raises dns.exception.DNSException for anything else.
        """
        pairs = []
        for line in lines:
            owner, *words = line.split()
            if "DS" in words:
                words = words[words.index("DS") + 1 :]
            record = dns.rdata.from_text(IN, DS, " ".join(words))
            assert isinstance(record, Digest)
            pairs.append((from_text(owner), record))
        return cls(tuple(pairs))

    def of(self, zone: Name) -> list[Digest]:
        """The DS records of a zone."""
        return [record for name, record in self.ds if name == zone]


class _Zone(Struct, frozen=True):
    """The zone that a name is in, seen from above. Its keys, where it is secure."""

    name: Name
    state: _State
    reason: str = ""
    keys: Rdataset | None = None
    until: float = 0.0

    @property
    def verdict(self) -> Verdict:
        return Verdict(_SECURE[self.state], self.reason)


class Validator:
    """Validates replies; ``fetch`` gets the keys and proofs that are missing (None: it could not).

    ``now`` gives the time in seconds since 1970. Zones are remembered for their TTL, up to an hour.
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
        """The verdict on a reply to the question, CNAME and DNAME chain included."""
        worst = Verdict("yes")
        for _ in range(_MAX_CHAIN):
            found = _find(message.answer, name, rdtype)
            if found is not None:
                return _worse(worst, await self._check(message, found))
            alias = _find(message.answer, name, CNAME)
            if alias is None:
                if name == message.question[0].name or _has_soa(message) or message.rcode():
                    worst = _worse(worst, await self._check_absent(message, name, rdtype))
                return worst  # else only the alias was given: the target is asked for by itself
            worst = _worse(worst, await self._check(message, _signed_source(message, alias)))
            name = alias[0].target
        return Verdict("bogus", "a CNAME loop")

    def forget_pending(self) -> None:
        """Drop what is under way: the resolver was closed, or the event loop has ended."""
        pending = tuple(self._pending.values())
        self._pending.clear()
        for task in pending:
            if not task.get_loop().is_closed():
                task.cancel()

    async def _check(self, message: Message, rrset: RRset) -> Verdict:
        """An RRset of the answer."""
        signatures = _signatures(message.answer, rrset)
        if not signatures:
            zone = await self._zone(rrset.name)
            if zone.state == "secure":
                return Verdict("bogus", f"{_shown(rrset)} is not signed, though {zone.name} is")
            return zone.verdict
        verdict = Verdict("bogus", f"{_shown(rrset)} has no signature of a zone above it")
        for signer in list(dict.fromkeys(record.signer for record in signatures))[:2]:
            if not rrset.name.is_subdomain(signer):
                continue
            zone = await self._zone(signer)
            if zone.state != "secure":
                return zone.verdict
            used, reason = self._verify(rrset, signatures, zone)
            if used is None:
                verdict = Verdict("bogus", reason)
                continue
            labels = len(rrset.name.labels) - 1 - rrset.name.is_wild()
            if used.labels < labels:
                proofs = self._proofs(message, zone)
                if proofs.too_costly:
                    return Verdict("no", f"{zone.name} uses too many NSEC3 iterations")
                denial = proofs.no_closer_name(rrset.name, used.labels)
                if denial is None:
                    return Verdict("bogus", f"{_shown(rrset)}: no proof that the wildcard applies")
                if denial.kind == "opt-out":
                    return Verdict("no", f"{rrset.name} is in an opt-out span of {zone.name}")
            return Verdict("yes")
        return verdict

    async def _check_absent(self, message: Message, name: Name, rdtype: RdataType) -> Verdict:
        """NODATA or NXDOMAIN for ``name``."""
        zone = None
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
        proofs = self._proofs(message, zone)
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
        await asyncio.wait({task})  # who is cancelled here leaves the question to the others
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
            return self._made(name, "insecure", "there is no trust anchor above it", _LONGEST_TTL)
        above = await self._zone(name.parent())
        if above.state != "secure":
            return above
        message = await self._fetch(name, DS)
        if message is None:
            return self._made(name, "unknown", f"no answer to {name} DS", 0)
        found = _find(message.answer, name, DS)
        if found is not None:
            used, reason = self._verify(found, _signatures(message.answer, found), above)
            if used is None:
                return self._made(name, "bogus", reason, _SHORTEST_TTL)
            digests = [record for record in found if isinstance(record, Digest)]
            return await self._keys(name, digests, found.ttl)
        alias = _find(message.answer, name, CNAME)
        if alias is not None:
            used, reason = self._verify(alias, _signatures(message.answer, alias), above)
            return above if used is not None else self._made(name, "bogus", reason, _SHORTEST_TTL)
        return self._without_ds(message, name, above)

    def _without_ds(self, message: Message, name: Name, above: _Zone) -> _Zone:
        """No DS at ``name``: an insecure delegation, or no delegation at all; either must be proven."""
        proofs = self._proofs(message, above)
        ttl = min((rrset.ttl for rrset in message.authority), default=0)
        if proofs.too_costly:
            return self._made(name, "insecure", f"{above.name} uses too many NSEC3 iterations", ttl)
        denial: Denial | None = proofs.denies(name, DS)
        if denial is None:
            reason = f"no valid proof that {name} has no DS"
            return self._made(name, "bogus", reason, _SHORTEST_TTL)
        if denial.delegation:
            return self._made(name, "insecure", f"{name} is delegated without DS", ttl)
        return above

    async def _keys(self, name: Name, anchors: list[Digest], ttl: int) -> _Zone:
        """The zone's keys: DNSKEY, signed by a key that a DS names."""
        usable = [record for record in anchors if _supported(record)][:_MAX_SIGNATURES]
        if not usable:
            return self._made(name, "insecure", f"{name} is signed with algorithms unknown here", ttl)
        message = await self._fetch(name, DNSKEY)
        if message is None:
            return self._made(name, "unknown", f"no answer to {name} DNSKEY", 0)
        found = _find(message.answer, name, DNSKEY)
        if found is None or len(found) > _MAX_KEYS:
            return self._made(name, "bogus", f"{name} has a DS, but no DNSKEY", _SHORTEST_TTL)
        keys = [key for key in found if isinstance(key, Key)]
        entry = [key for key in keys if any(_names(record, name, key) for record in usable)]
        if not entry:
            return self._made(name, "bogus", f"no DNSKEY of {name} is the one of its DS", _SHORTEST_TTL)
        trusted = _Zone(name, "secure", keys=rrset_of(name, found.ttl, entry))
        used, reason = self._verify(found, _signatures(message.answer, found), trusted)
        if used is None:
            return self._made(name, "bogus", reason, _SHORTEST_TTL)
        return self._made(name, "secure", "", min(ttl, found.ttl), found)

    def _made(self, name: Name, state: _State, reason: str, ttl: int, keys: Rdataset | None = None) -> _Zone:
        until = self._now() + min(max(ttl, _SHORTEST_TTL), _LONGEST_TTL)
        return _Zone(name, state, reason, keys, until)

    def _verify(self, rrset: RRset, signatures: list[Signature], zone: _Zone) -> tuple[Signature | None, str]:
        """The signature of ``zone`` that holds, or None and why."""
        reason = f"{_shown(rrset)} has no signature of {zone.name}"
        assert zone.keys is not None
        for signature in [record for record in signatures if record.signer == zone.name][:_MAX_SIGNATURES]:
            keys = [
                key
                for key in zone.keys
                if isinstance(key, Key)
                and key.algorithm == signature.algorithm
                and dns.dnssec.key_id(key) == signature.key_tag
            ][:_MAX_KEYS_OF_TAG]
            if not keys:
                reason = f"{_shown(rrset)} is signed with key {signature.key_tag}, which {zone.name} lacks"
                continue
            ring: dict[Name, Rdataset | Node] = {zone.name: rrset_of(zone.name, zone.keys.ttl, keys)}
            try:
                dns.dnssec.validate_rrsig(rrset, signature, ring, None, self._now())
            except (dns.exception.DNSException, ValueError) as error:
                reason = f"{_shown(rrset)}: signature of {zone.name} with key {signature.key_tag}: {error}"
            else:
                return signature, ""
        return None, reason

    def _proofs(self, message: Message, zone: _Zone) -> Proofs:
        """The NSEC and NSEC3 records whose signatures hold."""
        nsec: list[tuple[Name, Span]] = []
        nsec3: list[tuple[Name, HashedSpan]] = []
        for rrset in [r for r in message.authority if r.rdtype in (NSEC, NSEC3)][:_MAX_PROOFS]:
            used, _ = self._verify(rrset, _signatures(message.authority, rrset), zone)
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
    """The signatures of an RRset. (dnspython keeps those of each type apart.)"""
    return [
        record
        for other in section
        if other.rdtype == RRSIG and other.name == rrset.name and other.covers == rrset.rdtype
        for record in other
        if isinstance(record, Signature)
    ][: 2 * _MAX_SIGNATURES]


def _signed_source(message: Message, alias: RRset) -> RRset:
    """The DNAME that a CNAME was made from, which has no signature of its own (RFC 6672 section 5.3)."""
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


def _names(record: Digest, zone: Name, key: Key) -> bool:
    """Whether a DS is that of the key."""
    if record.algorithm != key.algorithm or record.key_tag != dns.dnssec.key_id(key):
        return False
    try:
        return bool(dns.dnssec.make_ds(zone, key, record.digest_type, validating=True) == record)
    except (dns.exception.DNSException, ValueError):
        return False


def _shown(rrset: RRset) -> str:
    return f"{rrset.name} {RdataType.to_text(rrset.rdtype)}"


def _worse(one: Verdict, other: Verdict) -> Verdict:
    return other if _RANK[other.secure] > _RANK[one.secure] else one
