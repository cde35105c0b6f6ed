"""Whether a mechanism matches the client (RFC 7208 section 5), and the lookup limits (section 4.6.4)."""

from __future__ import annotations

from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import TYPE_CHECKING, Literal, cast

from msgspec import Struct, field

from mailproof.auth.spf_macros import Client
from mailproof.dns.answer import Answer, Resolver
from mailproof.dns.memo import ask
from mailproof.dns.records import exchange, preference, target
from mailproof.model import (
    MAX_LOOKUPS,
    MAX_MX_NAMES,
    MAX_VOID_LOOKUPS,
    AuthResult,
    Lookup,
    SpfTerm,
)
from mailproof.names import is_within
from mailproof.records.spf import is_spf

if TYPE_CHECKING:
    from dns.rdtypes.IN.A import A
    from dns.rdtypes.IN.AAAA import AAAA

Address = IPv4Address | IPv6Address
_MAX_PTR_NAMES = 10


class Result(Struct, frozen=True):
    """The RFC 8601 result, the reason, the term that matched, and the domain owner's explanation."""

    word: AuthResult
    reason: str
    matched: str = ""
    explanation: str = ""
    failed: Lookup | None = None


class SpfError(Exception):
    """Ends the whole evaluation with an error, at any depth."""

    def __init__(
        self, word: Literal["temperror", "permerror"], reason: str, failed: Lookup | None = None
    ) -> None:
        super().__init__(reason)
        self.result = Result(word, reason, failed=failed)


class Counts(Struct):
    """The running counts. ``voids`` are the void lookups, in words."""

    lookups: int = 0
    voids: list[str] = field(default_factory=list)

    def count(self, term: str) -> None:
        """Count a term that costs a lookup. Raises SpfError past the tenth."""
        self.lookups += 1
        if self.lookups > MAX_LOOKUPS:
            raise SpfError(
                "permerror", f"{term} is DNS lookup {self.lookups}; at most {MAX_LOOKUPS} are allowed"
            )

    def void(self, answer: Answer) -> None:
        """Count a void lookup. Raises SpfError past the second."""
        self.voids.append(f"{answer.rrtype} {answer.name}")
        if len(self.voids) > MAX_VOID_LOOKUPS:
            raise SpfError(
                "permerror",
                f"{len(self.voids)} void lookups ({', '.join(self.voids)}); "
                f"at most {MAX_VOID_LOOKUPS} are allowed",
            )


def require(answer: Answer) -> Answer:
    """The answer. Raises SpfError (temperror) if the lookup failed: a failure is never an absence."""
    if answer.undetermined:
        raise SpfError("temperror", answer.lookup.describe(), answer.lookup)
    return answer


def spf_texts(answer: Answer) -> list[str]:
    """The SPF records among the TXT records at a name."""
    return [text for text in answer.lookup.records if is_spf(text)]


class Match(Struct, frozen=True):
    """Whether it matched, and what was compared."""

    matched: bool
    detail: str


@lru_cache(maxsize=1024)
def _network(text: str) -> tuple[IPv4Network | IPv6Network, str]:
    """The network, parsed and as text. Cached: most clients are compared with the same ones."""
    network = ip_network(text, strict=False)
    return network, str(network)


class Matcher:
    """The mechanisms that compare addresses. Each method raises SpfError if the evaluation must end."""

    def __init__(self, resolver: Resolver, client: Client, counts: Counts) -> None:
        self._resolver = resolver
        self._ip, self._address = client.ip, str(client.ip)
        self._counts = counts
        self._type = "A" if isinstance(client.ip, IPv4Address) else "AAAA"
        self._validated: tuple[str, ...] | None = None

    def network(self, term: SpfTerm) -> Match:
        """``ip4`` and ``ip6``."""
        network, text = _network(term.value)
        inside = self._ip.version == network.version and self._ip in network
        return Match(inside, f"{self._address} is {'' if inside else 'not '}in {text}")

    async def a(self, term: SpfTerm, name: str) -> Match:
        """``a``: the addresses of one name."""
        return self._compare(term, name, await self._addresses(name))

    async def mx(self, term: SpfTerm, name: str) -> Match:
        """``mx``: the addresses of at most ten MX names, in order of preference."""
        answer = require(await self._resolver.query(name, "MX"))
        if answer.absent:
            self._counts.void(answer)
            return Match(False, f"{name} has no MX record")
        if len(answer.records) > MAX_MX_NAMES:
            count = len(answer.records)
            raise SpfError("permerror", f"{name} has {count} MX names; at most {MAX_MX_NAMES} are allowed")
        records = sorted(answer.records, key=preference)
        hosts = [exchange(record) for record in records]
        details = []
        for host in hosts:
            if host == ".":  # a null MX (RFC 7505) has no address
                details.append("null MX")
                continue
            match = self._compare(term, host, await self._addresses(host))
            if match.matched:
                return match
            details.append(match.detail)
        return Match(False, "; ".join(details))

    async def exists(self, name: str) -> Match:
        """``exists``: any A record, for clients of either family."""
        answer = require(await self._resolver.query(name, "A"))
        if answer.absent:
            self._counts.void(answer)
            return Match(False, f"{name} has no A record")
        return Match(True, f"{name} has an A record")

    async def ptr(self, target: str) -> Match:
        """``ptr``: a validated name that is ``target`` or below it. A failed lookup is no match (5.5).

        An ``unasked`` one ends the evaluation: a receiver would have asked.
        """
        answer = await self._resolver.query(self._ip.reverse_pointer, "PTR")
        if answer.status == "unasked":
            require(answer)
        if answer.absent:
            self._counts.void(answer)
        names = await self.validated()
        for name in names:
            if is_within(name, target):
                return Match(True, f"{self._ip} is {name}")
        unknown = (
            f"no known name ({answer.lookup.describe()})" if answer.undetermined else "no validated name"
        )
        found = ", ".join(names) or unknown
        return Match(False, f"{self._ip} has {found}; none is {target} or below it")

    async def validated(self) -> tuple[str, ...]:
        """Those of the client's first ten PTR names that resolve back to it. Never raises."""
        if self._validated is None:
            answer = await self._resolver.query(self._ip.reverse_pointer, "PTR")
            targets = (target(record) for record in answer.records)
            names = list(dict.fromkeys(targets))[:_MAX_PTR_NAMES]
            answers = await ask(self._resolver, *((name, self._type) for name in names))
            self._validated = tuple(
                name for name, found in zip(names, answers, strict=True) if self._ip in _parsed(found)
            )
        return self._validated

    async def _addresses(self, name: str) -> tuple[Address, ...]:
        """The addresses of the client's family. Raises SpfError for a failure, and past the void limit.

        For an IPv6 client, a name with only an A record is not a void lookup: otherwise a record that is fine
        over IPv4 would be a permerror over IPv6.
        """
        answer = require(await self._resolver.query(name, self._type))
        if answer.found:
            return _parsed(answer)
        if self._type == "AAAA" and answer.status == "nodata":
            four = await self._resolver.query(name, "A")
            if not four.absent:
                return ()
        self._counts.void(answer)
        return ()

    def _compare(self, term: SpfTerm, name: str, addresses: tuple[Address, ...]) -> Match:
        prefix = term.prefix4 if self._type == "A" else term.prefix6
        shown = ", ".join(map(str, addresses[:20])) + (", …" if len(addresses) > 20 else "")
        for address in addresses:
            length = address.max_prefixlen if prefix is None else prefix
            if self._ip in ip_network(f"{address}/{length}", strict=False):
                within = "" if prefix is None else f"/{prefix}"
                return Match(True, f"{self._ip} is {address}{within}, {self._type} of {name}")
        return Match(False, f"{name} is {shown}" if shown else f"{name} has no {self._type} record")


def _parsed(answer: Answer) -> tuple[Address, ...]:
    records = cast("tuple[A | AAAA, ...]", answer.records)  # these types were queried
    return tuple(ip_address(record.address) for record in records)
