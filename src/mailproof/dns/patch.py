"""A resolver with some record sets replaced: a proposed change, over the data that it would change."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

import dns.exception
import dns.name
import dns.rdata
import dns.rdataclass
import dns.rdatatype
from dns.rdata import Rdata
from msgspec import Struct

from mailproof.dns.answer import WILDCARD_LABEL, Answer, Key, Resolver, names_below, position
from mailproof.dns.records import target
from mailproof.dns.text import normalize, record_text, txt_bytes, upward
from mailproof.dns.together import taskless
from mailproof.dns.written import Written
from mailproof.errors import ZoneFileError
from mailproof.model import Status
from mailproof.structs import replace

#: The first line of a fragment that replaces record sets, instead of being a zone of its own.
MARK = "; mailproof: proposed changes"
_REMOVE = "; remove: "
_MAX_CHAIN = 16
_MAX_OCTETS = 4_000_000


class Patch(Struct, frozen=True):
    """All records that a name and type is to have (none: it is to have none), and their TTL in seconds.

    ``unstated`` says why the records are not known, though there will be some. With ``part``, ``records`` are
    only some of the set: what else is there stays, but for those that are ``gone``. ``places`` are those of
    each record, and ``server`` is shown as where they come from.
    """

    records: tuple[Rdata, ...] = ()
    ttl: int = 3600
    unstated: str = ""
    part: bool = False
    gone: tuple[Rdata, ...] = ()
    places: tuple[Written, ...] = ()
    server: str = ""

    @property
    def exists(self) -> bool:
        """Whether the name and type has records with it."""
        return bool(self.records or self.unstated)


class PatchResolver:
    """Answers as ``inner`` does, but for the record sets in ``patches``; a name keeps its other types.

    A chain of aliases is followed into the patches and out of them. A patched wildcard answers for the names
    that the wildcard of ``inner`` answered for, or that did not exist. No wildcard answers for a name that
    the patches bring into being, nor for those between it and the wildcard's (RFC 4592 section 2.2.2).
    """

    def __init__(self, inner: Resolver, patches: Mapping[Key, Patch]) -> None:
        self.inner = inner
        self._patches = {
            (normalize(name), rrtype.upper()): patch for (name, rrtype), patch in patches.items()
        }
        self._names = {
            parent for (name, _), patch in self._patches.items() if patch.exists for parent in upward(name)
        }

    @property
    def taskless(self) -> bool:
        """As ``inner``."""
        return taskless(self.inner)

    @property
    def changed(self) -> tuple[Key, ...]:
        """The names and types that are answered from the patches."""
        return tuple(self._patches)

    def names_below(self, name: str) -> tuple[str, ...] | None:
        """As ``inner``, with the names that the patches bring into being."""
        names = names_below(self.inner, name)
        if names is None:
            return None
        new = (
            n for (n, _), patch in self._patches.items() if patch.exists and n.endswith(f".{normalize(name)}")
        )
        return tuple(dict.fromkeys((*names, *new)))

    def position(self, name: str, rrtype: str, text: str) -> Written | None:
        """The place of a record: in the file of the change, or where the wrapped resolver has it."""
        current = normalize(name)
        for _ in range(_MAX_CHAIN):
            patch = self._patches.get((current, rrtype.upper()), Patch())
            for record, place in zip(patch.records, patch.places, strict=False):
                if record_text(record) == text:
                    return place
            alias = self._patches.get((current, "CNAME"), Patch())
            if not alias.records:
                break
            current = target(alias.records[0])
        return position(self.inner, name, rrtype, text)

    async def query(self, name: str, rrtype: str) -> Answer:
        """See Resolver."""
        question = normalize(name)
        current, kind = question, rrtype.upper()
        trail: tuple[str, ...] = ()
        for _ in range(_MAX_CHAIN + 1):
            answer, onward = await self._step(current, kind)
            trail += answer.chain
            if not onward:
                if (answer.name, answer.chain) == (question, trail):
                    return answer  # with what was parsed of it: once for all proofs
                return replace(answer, name=question, chain=trail)
            current = onward
        return Answer(question, kind, "servfail", chain=trail, server="the aliases form a loop")

    async def _step(self, name: str, kind: str) -> tuple[Answer, str]:
        """The answer, or how far it led and the name to go on with."""
        patch = self._patches.get((name, kind))
        if patch is not None and patch.unstated:
            return _unstated(name, kind, patch), ""
        if patch is not None and patch.part:
            answer = await self.inner.query(name, kind)
            if not answer.chain:
                return _together(answer, patch), ""
        if patch is not None and patch.records:
            return Answer(name, kind, "ok", patch.records, patch.ttl, server=patch.server), ""
        alias = self._patches.get((name, "CNAME")) if kind != "CNAME" else None
        if alias is not None and alias.unstated:
            return _unstated(name, kind, alias), ""
        if alias is not None and alias.records:
            end = target(alias.records[0])
            return Answer(name, kind, "ok", chain=(end,), ttl=alias.ttl, server=alias.server), end
        answer = await self.inner.query(name, kind)
        if patch is not None or alias is not None:  # there was something, and it is taken away
            return Answer(name, kind, "nodata", ttl=300, server=answer.server), ""
        for number, passed in enumerate(answer.chain):
            if (passed, kind) in self._patches or (passed, "CNAME") in self._patches:
                cut = answer.chain[: number + 1]
                return Answer(name, kind, "ok", chain=cut, ttl=answer.ttl, server=answer.server), passed
        if answer.status == "nxdomain" and name in self._names:
            return replace(answer, status="nodata"), ""
        if (answer.found or answer.chain) and await self._is_cut_off(name, kind, answer):
            status: Status = "nodata" if name in self._names else "nxdomain"
            return Answer(name, kind, status, ttl=300, server=answer.server), ""
        return await self._wild(name, kind, answer), ""

    async def _is_cut_off(self, name: str, kind: str, answer: Answer) -> bool:
        """Whether the answer is of a wildcard above a name that exists only with the patches.

        It asks no more than an audit does, where there is no wildcard.
        """
        new = next((each for each in upward(name) if each in self._names and "*" not in each), "")
        for zone, parent in pairwise(upward(new)):
            if await self._is_apex(zone):
                break  # a zone's wildcards go no further
            if (await self.inner.query(f"{WILDCARD_LABEL}.{parent}", "TXT")).status != "nxdomain":
                wild = f"*.{parent}"
                return _same(answer, await self.inner.query(wild, kind)) and await self._is_like(new, wild)
        return False

    async def _is_apex(self, name: str) -> bool:
        """Whether a zone begins there, as far as that is known without a question of its own."""
        known = getattr(self.inner, "known", None)
        soa = known(name, "SOA") if known is not None else await self.inner.query(name, "SOA")
        return soa is not None and soa.found

    async def _is_like(self, name: str, wild: str) -> bool:
        """Whether a name has nothing but what a wildcard gives it."""
        for kind in ("A", "AAAA", "MX", "TXT"):
            if not _same(await self.inner.query(name, kind), await self.inner.query(wild, kind)):
                return False
        return True

    async def _wild(self, name: str, kind: str, answer: Answer) -> Answer:
        """The answer where a patched wildcard has a say in it."""
        for parent in list(upward(name))[1:]:
            if name == f"*.{parent}":
                return answer
            patch = self._patches.get((f"*.{parent}", kind))
            if patch is None:
                continue
            before = await self.inner.query(f"*.{parent}", kind)
            synthesised = answer.found and before.found and set(answer.records) == set(before.records)
            if not synthesised and answer.status != "nxdomain":
                return answer
            if patch.unstated:
                return _unstated(name, kind, patch)
            if patch.records:
                return Answer(
                    name, kind, "ok", patch.records, patch.ttl, server=patch.server or answer.server
                )
            return Answer(name, kind, "nxdomain", ttl=300, server=answer.server)
        return answer


def _same(one: Answer, other: Answer) -> bool:
    return (one.status, one.chain, set(one.records)) == (other.status, other.chain, set(other.records))


def _unstated(name: str, kind: str, patch: Patch) -> Answer:
    return Answer(name, kind, "unstated", server=patch.server, reason=patch.unstated)


def _together(answer: Answer, patch: Patch) -> Answer:
    """What there is, with the records that come and without those that go.

    Where it could not be found out what else there is, a set that holds a versioned record (``v=…``) is taken
    for the whole of it: other records beside it are no concern of who looks for that one.
    """
    if answer.undetermined:
        whole = answer.rrtype != "TXT" or any(txt_bytes(each)[:2].lower() == b"v=" for each in patch.records)
        if patch.records and whole:
            return replace(
                answer, status="ok", records=patch.records, ttl=patch.ttl, server=patch.server, reason=""
            )
        return answer
    stay = tuple(each for each in answer.records if each not in patch.gone and each not in patch.records)
    records = (*patch.records, *stay)
    server = ", ".join(dict.fromkeys(filter(None, (patch.server, answer.server))))
    return replace(answer, status="ok" if records else "nodata", records=records, server=server)


def read_patches(text: str, file: str = "") -> dict[Key, Patch]:
    """The record sets of a fragment as ``render_fix_zone`` writes it. Raises ZoneFileError.

    Each line is ``NAME. TTL IN TYPE DATA``; one that begins with ``; remove:`` says that the record is gone,
    so that a name and type with nothing else is left without records.
    """
    if len(text) > _MAX_OCTETS:
        raise ZoneFileError(f"larger than the limit of {_MAX_OCTETS} octets", file=file)
    patches: dict[Key, Patch] = {}
    for number, raw in enumerate(text.split("\n"), 1):
        line, gone = raw.strip(), raw.startswith(_REMOVE)
        if not line or (line.startswith(";") and not gone):
            continue
        key, record, ttl = _read_line(line.removeprefix(_REMOVE), file, number)
        patch = patches.get(key, Patch(ttl=ttl))
        patches[key] = patch if gone else replace(patch, records=(*patch.records, record), ttl=ttl)
    return patches


def _read_line(line: str, file: str, number: int) -> tuple[Key, Rdata, int]:
    parts = line.split(None, 4)
    if len(parts) != 5 or parts[2].upper() != "IN" or not parts[1].isdigit() or not parts[0].endswith("."):
        raise ZoneFileError("not a line like 'name. 3600 IN TYPE data'", file=file, line=number)
    try:
        record = record_of(parts[3], parts[4])
    except ValueError as error:
        raise ZoneFileError(str(error), file=file, line=number) from None
    return (normalize(parts[0]), parts[3].upper()), record, int(parts[1])


def record_of(rrtype: str, data: str) -> Rdata:
    """Rdata from its presentation format, names without an origin. Raises ValueError."""
    try:
        kind = dns.rdatatype.from_text(rrtype)
        return dns.rdata.from_text(dns.rdataclass.IN, kind, data, dns.name.root, relativize=False)
    except (dns.exception.DNSException, ValueError) as error:
        raise ValueError(f"{rrtype} {data[:60]!a} cannot be read: {error}") from None
