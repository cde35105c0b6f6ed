"""A resolver with some record sets replaced: a proposed change, applied to the current data."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
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

#: The first line of a fragment that replaces record sets, rather than being a whole zone.
MARK = "; mailproof: proposed changes"
_REMOVE = "; remove: "
#: Types that decide whether a name has records left; others don't matter to mail.
_TYPES = ("A", "AAAA", "CAA", "CNAME", "DNSKEY", "DS", "HTTPS", "MX", "NS", "SOA", "SRV", "TLSA", "TXT")
_MAX_CHAIN = 16
_MAX_OCTETS = 4_000_000


class Patch(Struct, frozen=True):
    """The new records of a name and type (none: all are removed), and their TTL in seconds.

    ``unstated`` says why the records are unknown, though there will be some. With ``part``, ``records`` are
    only some of the set: the other existing records stay, except those in ``gone``. ``places`` are the
    positions of the records, and ``server`` is shown as their source.
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
        """Whether the name and type will have records."""
        return bool(self.records or self.unstated)


def merged(parts: Iterable[Mapping[Key, Patch]]) -> dict[Key, Patch]:
    """The changes of several files: a part of a record set is added, a whole one replaces what was there."""
    found: dict[Key, Patch] = {}
    for changes in parts:
        for key, patch in changes.items():
            held = found.get(key)
            found[key] = patch if held is None or not patch.part else _added(held, patch)
    return found


def _added(held: Patch, patch: Patch) -> Patch:
    new = [number for number, record in enumerate(patch.records) if record not in held.records]
    return replace(
        held,
        records=(*held.records, *(patch.records[number] for number in new)),
        places=(*held.places, *(patch.places[number] for number in new if number < len(patch.places))),
        ttl=min(held.ttl, patch.ttl) if held.records else patch.ttl,
        unstated=held.unstated or patch.unstated,
        gone=(*held.gone, *patch.gone),
    )


class PatchResolver:
    """Answers like ``inner``, except for the record sets in ``patches``; a name keeps its other types.

    Alias chains are followed into the patches and out of them. A patched wildcard answers for the names
    that the wildcard of ``inner`` answered for, or that did not exist. No wildcard answers for a name that
    the patches create, nor for names between it and the wildcard (RFC 4592 section 2.2.2).
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
        """Whether ``inner`` is."""
        return taskless(self.inner)

    @property
    def changed(self) -> tuple[Key, ...]:
        """The names and types answered from the patches."""
        return tuple(self._patches)

    def names_below(self, name: str) -> tuple[str, ...] | None:
        """As ``inner``, with the names that the patches create, and without those they remove."""
        names = names_below(self.inner, name)
        if names is None:
            return None
        new = (
            n for (n, _), patch in self._patches.items() if patch.exists and n.endswith(f".{normalize(name)}")
        )
        return tuple(each for each in dict.fromkeys((*names, *new)) if each not in self._gone)

    @cached_property
    def _gone(self) -> frozenset[str]:
        """The names that the patches leave without records, if ``inner`` can list its names."""
        removed = {name for (name, _), patch in self._patches.items() if not patch.exists} - self._names
        return frozenset(
            name for name in removed if self._listed(name) and not any(self._stays(name, t) for t in _TYPES)
        )

    def _stays(self, name: str, kind: str) -> bool:
        patch = self._patches.get((name, kind), Patch(part=True))
        known: Callable[[str, str], Answer | None] | None = getattr(self.inner, "known", None)
        answer = known(name, kind) if known is not None else None
        if answer is None or not patch.part:
            return patch.part
        return not answer.chain and any(each not in patch.gone for each in answer.records)

    def _has_gone(self, name: str) -> bool:
        """Whether the patches remove the name and all below it, and no wildcard answers for it."""
        if not self._gone or name in self._names or not self._listed(name):
            return False
        above = list(upward(name))[1:]
        wild = any(self._listed(f"*.{each}") or f"*.{each}" in self._names for each in above)
        return not wild and not _contains(self.names_below(above[0]) or (), name)

    def position(self, name: str, rrtype: str, text: str) -> Written | None:
        """The position of a record: in the file of the change, or according to ``inner``."""
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
                if answer.status == "nodata" and self._has_gone(current):
                    answer = replace(answer, status="nxdomain")
                if (answer.name, answer.chain) == (question, trail):
                    return answer  # the same object keeps its cached properties
                return replace(answer, name=question, chain=trail)
            current = onward
        return Answer(question, kind, "servfail", chain=trail, server="the aliases form a loop")

    async def _step(self, name: str, kind: str) -> tuple[Answer, str]:
        """The answer and "", or a partial answer and the name to continue with."""
        patch = self._patches.get((name, kind))
        if patch is not None and patch.unstated:
            return _unstated(name, kind, patch), ""
        alias = self._patches.get((name, "CNAME")) if kind != "CNAME" else None
        if alias is not None and alias.exists and (patch is None or not patch.records):
            return _aliased(name, kind, alias)
        if patch is not None and patch.part:
            answer = await self.inner.query(name, kind)
            if not answer.chain:
                return _combined(answer, patch), ""
        if patch is not None and patch.records:
            return Answer(name, kind, "ok", patch.records, patch.ttl, server=patch.server), ""
        answer = await self.inner.query(name, kind)
        if patch is not None or alias is not None:  # the patch removes the records
            return Answer(name, kind, "nodata", ttl=300, server=answer.server), ""
        for number, passed in enumerate(answer.chain):
            if (passed, kind) in self._patches or (passed, "CNAME") in self._patches:
                cut = answer.chain[: number + 1]
                return Answer(name, kind, "ok", chain=cut, ttl=answer.ttl, server=answer.server), passed
        if answer.status == "nxdomain" and name in self._names:
            return replace(answer, status="nodata"), ""
        if (answer.found or answer.chain) and await self._is_from_hidden_wildcard(name, kind, answer):
            status: Status = "nodata" if name in self._names else "nxdomain"
            return Answer(name, kind, status, ttl=300, server=answer.server), ""
        return await self._with_wildcard(name, kind, answer)

    async def _is_from_hidden_wildcard(self, name: str, kind: str, answer: Answer) -> bool:
        """Whether the answer comes from a wildcard above a name that exists only with the patches.

        Without a wildcard, this needs no queries beyond those of an audit.
        """
        new = next((each for each in upward(name) if each in self._names and "*" not in each), "")
        for zone, parent in pairwise(upward(new)):
            if await self._is_apex(zone):
                break  # wildcards do not cross a zone cut
            if (await self.inner.query(f"{WILDCARD_LABEL}.{parent}", "TXT")).status != "nxdomain":
                wild = f"*.{parent}"
                return _same(answer, await self.inner.query(wild, kind)) and await self._matches_wildcard(
                    new, wild
                )
        return False

    async def _is_apex(self, name: str) -> bool:
        """Whether the name is a zone apex, as far as known without an extra query."""
        known = getattr(self.inner, "known", None)
        soa = known(name, "SOA") if known is not None else await self.inner.query(name, "SOA")
        return soa is not None and soa.found

    async def _matches_wildcard(self, name: str, wild: str) -> bool:
        """Whether a name has only the records of the wildcard."""
        for kind in ("A", "AAAA", "MX", "TXT"):
            if not _same(await self.inner.query(name, kind), await self.inner.query(wild, kind)):
                return False
        return True

    async def _with_wildcard(self, name: str, kind: str, answer: Answer) -> tuple[Answer, str]:
        """As ``_step``: the answer after applying a patched wildcard, if one covers the name."""
        for parent in list(upward(name))[1:]:
            if name == f"*.{parent}":
                break
            patch = self._patches.get((f"*.{parent}", kind))
            alias = self._patches.get((f"*.{parent}", "CNAME"))
            if patch is None and alias is None:
                if parent in self._names or self._listed(parent):
                    break  # a wildcard above an existing name does not cover what is below (RFC 4592)
                continue
            before = await self.inner.query(f"*.{parent}", kind)
            synthesised = answer.found and before.found and set(answer.records) == set(before.records)
            if not synthesised and answer.status != "nxdomain" and self._listed(name) is not False:
                break
            if alias is not None and alias.exists:
                return _aliased(name, kind, alias)
            if patch is not None and patch.unstated:
                return _unstated(name, kind, patch), ""
            if patch is not None and patch.records:
                server = patch.server or answer.server
                return Answer(name, kind, "ok", patch.records, patch.ttl, server=server), ""
            return Answer(name, kind, "nxdomain", ttl=300, server=answer.server), ""
        return answer, ""

    def _listed(self, name: str) -> bool | None:
        """Whether ``inner`` has the name or one below it; None if it cannot list its names."""
        names = names_below(self.inner, name.partition(".")[2])
        return None if names is None else _contains(names, name)


def _contains(names: Iterable[str], name: str) -> bool:
    return any(each == name or each.endswith(f".{name}") for each in names)


def _same(one: Answer, other: Answer) -> bool:
    return (one.status, one.chain, set(one.records)) == (other.status, other.chain, set(other.records))


def _unstated(name: str, kind: str, patch: Patch) -> Answer:
    return Answer(name, kind, "unstated", server=patch.server, reason=patch.unstated)


def _aliased(name: str, kind: str, alias: Patch) -> tuple[Answer, str]:
    if alias.unstated:
        return _unstated(name, kind, alias), ""
    end = target(alias.records[0])
    return Answer(name, kind, "ok", chain=(end,), ttl=alias.ttl, server=alias.server), end


def _combined(answer: Answer, patch: Patch) -> Answer:
    """The existing records, plus the patch's new ones, minus those removed.

    If the existing records could not be looked up, a patch with a versioned record (``v=…``) counts as the
    whole set: callers that look for such a record ignore the others.
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
    ttl = min(answer.ttl, patch.ttl) if stay else patch.ttl
    return replace(answer, status="ok" if records else "nodata", records=records, ttl=ttl, server=server)


def read_patches(text: str, file: str = "") -> dict[Key, Patch]:
    """Parse the record sets of a fragment written by ``render_fix_zone``. Raises ZoneFileError.

    Each line is ``NAME. TTL IN TYPE DATA``; one that begins with ``; remove:`` removes the record: if all
    lines of a name and type do, it has no records.
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
    """Parse rdata in presentation format; names are absolute. Raises ValueError."""
    try:
        kind = dns.rdatatype.from_text(rrtype)
        return dns.rdata.from_text(dns.rdataclass.IN, kind, data, dns.name.root, relativize=False)
    except (dns.exception.DNSException, ValueError) as error:
        raise ValueError(f"{rrtype} {data[:60]!a} cannot be read: {error}") from None
