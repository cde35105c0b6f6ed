"""Overlays resolvers: for example, a zone file that is not published yet over the live DNS."""

from __future__ import annotations

from collections.abc import Generator
from typing import Protocol, runtime_checkable

from mailproof.dns.answer import Answer, Resolver, guesser, label, names_below, position
from mailproof.dns.text import normalize
from mailproof.dns.together import taskless
from mailproof.dns.written import Written
from mailproof.model import Secure

#: How often an alias chain may cross from one layer to another.
_MAX_CROSSINGS = 16


@runtime_checkable
class CoveringResolver(Resolver, Protocol):
    """A resolver that knows which names it is authoritative for."""

    def covers(self, name: str) -> bool:
        """Whether its answers for the name are final, including that the name does not exist."""
        ...


class OverlayResolver:
    """``OverlayResolver(over, …, under)``: an overlay answers for the names it covers, the last for the rest.

    The first overlay that covers a name wins. Alias chains are followed across layers in both directions:
    if one layer's answer leads to a name of another layer, the latter is queried for that name.
    """

    def __init__(self, *layers: Resolver) -> None:
        if not layers:
            raise ValueError("OverlayResolver needs at least one resolver")
        *over, self.under = layers
        self.over = tuple(layer for layer in over if isinstance(layer, CoveringResolver))
        if other := next((layer for layer in over if layer not in self.over), None):
            raise TypeError(f"{type(other).__name__} cannot be put over another resolver: it has no covers()")

    def covers(self, name: str) -> bool:
        """Whether one of the overlays covers the name."""
        return any(layer.covers(name) for layer in self.over)

    def position(self, name: str, rrtype: str, text: str) -> Written | None:
        """The position of a record in the first layer that has it."""
        for layer in (*self.over, self.under):
            if (place := position(layer, name, rrtype, text)) is not None:
                return place
        return None

    def names_below(self, name: str) -> tuple[str, ...] | None:
        """See Resolver."""
        return names_below(self._layer(name), name)

    def label(self, name: str) -> str:
        """The label of the overlay that covers the name; empty for names of the last layer."""
        return label(self._layer(name), name)

    async def query(self, name: str, rrtype: str) -> Answer:
        """See Resolver."""
        return await self._answer(name, rrtype, guess=False)

    async def guess(self, name: str, rrtype: str) -> Answer:
        """See GuessingResolver."""
        return await self._answer(name, rrtype, guess=True)

    def known(self, name: str, rrtype: str) -> Answer | None:
        """See Resolver: the answer, if all layers involved can give theirs without a query."""
        steps = self._steps(name, rrtype)
        try:
            layer, current = next(steps)
            while (known := getattr(layer, "known", None)) is not None:
                part: Answer | None = known(current, rrtype)
                if part is None:
                    return None
                layer, current = steps.send(part)
        except StopIteration as end:
            answer: Answer = end.value
            return answer
        return None

    @property
    def taskless(self) -> bool:
        """Whether all layers are."""
        return all(hasattr(layer, "known") or taskless(layer) for layer in (*self.over, self.under))

    async def _answer(self, name: str, rrtype: str, *, guess: bool) -> Answer:
        steps = self._steps(name, rrtype)
        layer, current = next(steps)
        while True:
            part = await (guesser(layer) if guess else layer.query)(current, rrtype)
            try:
                layer, current = steps.send(part)
            except StopIteration as end:
                answer: Answer = end.value
                return answer

    def _steps(self, name: str, rrtype: str) -> Generator[tuple[Resolver, str], Answer, Answer]:
        """Yield which layer to query for which name; receive the answers; return the combined answer."""
        question = normalize(name)
        current = question
        trail: tuple[str, ...] = ()
        parts: list[Answer] = []
        servers: dict[str, None] = {}
        while True:
            layer = self._layer(current)
            part = yield layer, current
            if part.status == "unasked" and layer is self.under:
                # An overlay may assume what it does not cover: no DMARC record above it.
                for over in self.over:
                    assumed = yield over, current
                    part = part if assumed.status == "unasked" else assumed
            parts.append(part)
            crossing = next(
                (i for i, alias in enumerate(part.chain) if self._layer(alias) is not layer), None
            )
            if crossing is None:
                servers[part.server] = None
                server = ", ".join(filter(None, servers))
                return _joined(question, rrtype.upper(), trail + part.chain, parts, server)
            # A layer's view of names outside it (not given, unknown) is not part of the answer.
            servers[label(layer, current) or part.server] = None
            current = part.chain[crossing]
            looped = current == question or current in trail
            trail += part.chain[: crossing + 1]
            if looped or len(parts) > _MAX_CROSSINGS:
                server = "the aliases form a loop between the zone given and the DNS"
                return Answer(question, rrtype.upper(), "servfail", chain=trail, server=server)

    def _layer(self, name: str) -> Resolver:
        return next((layer for layer in self.over if layer.covers(name)), self.under)


def _joined(name: str, rrtype: str, chain: tuple[str, ...], parts: list[Answer], server: str) -> Answer:
    last = parts[-1]
    return Answer(
        name=name,
        rrtype=rrtype,
        status=last.status,
        records=last.records,
        ttl=min(part.ttl for part in parts),
        secure=_secure(parts),
        chain=chain,
        server=server,
        elapsed_ms=sum(part.elapsed_ms for part in parts),
        reason=last.reason,
        zone=last.zone,
    )


def _secure(parts: list[Answer]) -> Secure:
    """The DNSSEC state of a chain is that of its weakest part."""
    states = [part.secure for part in parts]
    order: tuple[Secure, ...] = ("bogus", "no", "unknown", "yes")
    return next(state for state in order if state in states)
